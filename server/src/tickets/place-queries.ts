import type { Writer } from '../access/authorize.ts';
import { later } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Place } from './contract.ts';
import { from_tickets, isTicket } from './queries.ts';

/** A column of a board: the tickets of one status of a project. */
export interface Column {
  workspace_id: string;
  project_id: string;
  status: string;
}

/** The ranks of the tickets around the place of a ticket. */
export interface Beside {
  /** The rank of the ticket that the place names; null if the column has no such ticket. */
  anchor: string | null;
  /** The rank of the other neighbour: below the anchor, above it, or, without an anchor, at the bottom of the column. */
  other: string | null;
  /** The rank of the ticket at the top of the column. */
  first: string | null;
  /** The number of the project's latest ticket. */
  last_number: number;
}

/** Joins the first of a column's tickets `i`, in the order of its index and without the ticket `except`. */
const standing = (
  workspace_id: string,
  of: { project_id: Sql; status: Sql; except: Sql },
  more: Sql,
  order: Sql,
) => sql`
  left join lateral (
    select i.rank, i.id from tickets i
    where i.workspace_id = ${workspace_id} and i.project_id = ${of.project_id} and i.status = ${of.status}
      and i.deleted_at is null and i.id <> ${of.except} ${more}
    order by i.rank ${order}, i.id ${order} limit 1)`;

/** Joins the anchor `a`, the other neighbour `o` and the top `f` to the row that names the column. */
function neighbours(workspace_id: string, of: { project_id: Sql; status: Sql; except: Sql }, place: Place): Sql {
  const { after, before, at } = place;
  const [beyond, order] = before === undefined ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`];
  const other =
    at === 'bottom'
      ? standing(workspace_id, of, sql``, sql`desc`)
      : standing(workspace_id, of, sql`and (i.rank, i.id) ${beyond} (a.rank, a.id)`, order);
  return sql`
    ${standing(workspace_id, of, sql`and i.id = ${after ?? before ?? null}::uuid`, sql`asc`)} a on true
    ${other} o on true
    ${standing(workspace_id, of, sql``, sql`asc`)} f on true`;
}

const beside = sql`a.rank as anchor, o.rank as other, f.rank as first, p.last_number`;

/** Returns the neighbours of the place of a ticket that the same batch locks, in this status or, by default, its own. */
export function besideTicket(
  tx: Tx,
  writer: Writer,
  ref: string,
  { place, status }: { place: Place; status?: string },
): Promise<Beside | undefined> {
  const { workspace_id } = writer;
  const named = status ?? null;
  const of = {
    project_id: sql`t.project_id`,
    status: sql`case when ${named}::text is null then t.status else ${named}::text end`,
    except: sql`t.id`,
  };
  return tx.maybeOne(sql`
    select ${beside} ${from_tickets} ${neighbours(workspace_id, of, place)}
    where ${isTicket(workspace_id, ref)} and ${writer.mayAct()}`);
}

/** Returns the neighbours of the place of a ticket that is about to be created. */
export function besideNew(db: Db, { workspace_id, project_id, status }: Column, id: string, place: Place) {
  const of = { project_id: sql`p.id`, status: sql`${status}::text`, except: sql`${id}::uuid` };
  return db.one<Beside>(sql`
    select ${beside} from projects p ${neighbours(workspace_id, of, place)}
    where p.workspace_id = ${workspace_id} and p.id = ${project_id}`);
}

/** A ticket of a column with its rank. */
export interface Standing {
  id: string;
  number: number;
  rank: string;
}

interface Around extends Column {
  anchor: Pick<Standing, 'id' | 'rank'>;
  /** The ticket that is placed. */
  except: string;
  /** How many tickets on each side. */
  count: number;
}

/** Returns the tickets around one of a column, in order. The ticket itself counts among those above. */
export function ticketsAround(tx: Tx, { workspace_id, project_id, status, anchor, except, count }: Around) {
  const side = (is_beyond: Sql, order: Sql) => sql`(
    select i.id, i.number, i.rank from tickets i
    where i.workspace_id = ${workspace_id} and i.project_id = ${project_id} and i.status = ${status}
      and i.deleted_at is null and i.id <> ${except} and (i.rank, i.id) ${is_beyond} (${anchor.rank}::text, ${anchor.id}::uuid)
    order by i.rank ${order}, i.id ${order} limit ${count})`;
  return tx.rows<Standing>(sql`
    select s.id, s.number, s.rank from (${side(sql`<=`, sql`desc`)} union all ${side(sql`>`, sql`asc`)}) s order by s.rank, s.id`);
}

/** Locks those of these tickets that are still in the column, by id, and returns the time of the change about to be written. */
export function lockStanding(tx: Tx, { workspace_id, status }: Column, ids: readonly string[]) {
  return tx.rows<{ id: string; at: string }>(sql`
    select i.id, ${later(sql`greatest(i.updated_at, i.placed_at)`)} as at from tickets i
    where i.workspace_id = ${workspace_id} and i.id = any (${ids}::uuid[]) and i.status = ${status} and i.deleted_at is null
    order by i.id for no key update`);
}

/** Sets the ranks of tickets that the transaction has locked. */
export function setRanks(
  tx: Tx,
  workspace_id: string,
  rows: readonly { id: string; rank: string; at: string }[],
): void {
  tx.send(sql`
    update tickets t set placed_rank = r.rank, placed_at = r.at
    from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ rank }) => rank)}::text[],
      ${rows.map(({ at }) => at)}::timestamptz[]) as r (id, rank, at)
    where t.workspace_id = ${workspace_id} and t.id = r.id`);
}
