import { unnumberedOf } from '../audit/queries.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import type { TicketRow } from './queries.ts';

export type Moment = Pick<TicketRow, 'version' | 'updated_at' | 'last_activity_at'>;

/** Returns the version that a ticket had at a time, and the times of its last change and last activity by then. */
export function momentOf(
  db: Db,
  { workspace_id, id }: Pick<TicketRow, 'workspace_id' | 'id'>,
  at: string,
): Promise<Moment | undefined> {
  const last = (from: Sql, of_ticket: Sql) => sql`
    (select a.subject_version as version, a.created_at from ${from} a
      where a.workspace_id = ${workspace_id} and ${of_ticket} and a.subject_type = 'ticket' and a.subject_version is not null and a.created_at <= ${at}
      order by a.created_at desc, a.id desc limit 1)`;
  return db.maybeOne(sql`
    select e.version, e.created_at as updated_at, greatest(e.created_at, (
      select max(k.created_at) from comments k
      where k.workspace_id = ${workspace_id} and k.ticket_id = ${id} and k.created_at <= ${at})) as last_activity_at
    from (${last(sql`events`, sql`a.subject_id = ${id}`)} union all ${last(sql`outbox`, unnumberedOf(id))}) e
    order by e.version desc limit 1`);
}

/** Returns the rank that a ticket had at a time: the one before its first later change of rank, or else the current one. */
export async function rankAt(
  db: Db,
  { workspace_id, id, rank }: Pick<TicketRow, 'workspace_id' | 'id' | 'rank'>,
  at: string,
) {
  const first = (from: Sql, of_ticket: Sql) => sql`
    (select a.before ->> 'rank' as rank, a.created_at from ${from} a
      where a.workspace_id = ${workspace_id} and ${of_ticket} and a.subject_type = 'ticket' and a.created_at > ${at}
        and a.before ? 'rank'
      order by a.created_at limit 1)`;
  const before = await db.maybeOne<{ rank: string }>(sql`
    select e.rank from (${first(sql`events`, sql`a.subject_id = ${id}`)} union all ${first(sql`outbox`, unnumberedOf(id))}) e
    order by e.created_at limit 1`);
  return before?.rank ?? rank;
}

/** Returns the version of the workflow at a time: the latest by then that has the status, or else the latest of all that has it. */
export async function workflowAt(
  db: Db,
  { workspace_id, project_id, status }: Pick<TicketRow, 'workspace_id' | 'project_id' | 'status'>,
  at: string,
): Promise<number> {
  const { version } = await db.one<{ version: number }>(sql`
    select w.version from workflows w
    where w.workspace_id = ${workspace_id} and w.project_id = ${project_id}
      and w.statuses @> jsonb_build_array(jsonb_build_object('key', ${status}::text))
    order by w.created_at <= ${at} desc, w.version desc limit 1`);
  return version;
}
