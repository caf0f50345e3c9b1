import { sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { type Found, max_walked } from '../db/walk.ts';
import type { KeysetPart } from '../http/cursor.ts';
import { inAnyCase } from '../lib/either-case.ts';
import type { Label } from './label-contract.ts';

/**
 * Returns a page of the labels that contain a text and, if it did not read them all, the place where it stopped. The index has an entry
 * for each ticket of a label. Each step of the recursion jumps to the first entry of the next label, so a page costs as many
 * searches of the index as it reads labels, however many tickets have them. It ends after one label more than the limit, or
 * after `max_walked` labels.
 */
export function labelsOf(
  db: Db,
  workspace_id: string,
  { q, limit }: { q: string | undefined; limit: number },
  { after, order_and_limit }: KeysetPart,
): Promise<Found<Label>[]> {
  const matches = q === undefined ? sql`true` : sql`l.label ~ ${inAnyCase(q)}`;
  return db.rows(sql`
    with recursive walk (label, walked, found) as (
      (select l.label, 1, (${matches})::integer from ticket_labels l
       where l.workspace_id = ${workspace_id} and ${after} order by l.workspace_id, l.label limit 1)
      union all
      select l.label, w.walked + 1, w.found + (${matches})::integer
      from walk w cross join lateral (
        select n.label from ticket_labels n where n.workspace_id = ${workspace_id} and n.label > w.label
        order by n.workspace_id, n.label limit 1) l
      where w.walked < ${max_walked}::integer and w.found <= ${limit}::integer)
    (select l.label as name, false as stopped from walk l where ${matches} ${order_and_limit})
    union all
    (select l.label, true from walk l where l.walked = ${max_walked}::integer)`);
}
