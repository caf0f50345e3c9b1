import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { max_counted, max_open } from './contract.ts';
import { type DurationsRow, durationsOf, type Place, secondsBetween } from './queries.ts';

// The current statuses of a project's tickets. Their numbers aren't stored (docs/decisions, 53) but counted, up to a
// bound.

/**
 * `asked` has the project's statuses that fulfil a condition on `s`, and `bound` how many tickets of each are read: all
 * of them in a project that never had more than `most`, or else an equal share for each status. If the statuses shared
 * one bound, the first one could use up all of it.
 */
const boundsOf = (
  { workspace_id, project_id }: Place,
  { condition, most }: { condition: Sql; most: number },
): Sql => sql`
  asked as materialized (
    select s.status from project_statuses s
    where s.workspace_id = ${workspace_id} and s.project_id = ${project_id} and ${condition}),
  bound as materialized (
    select p.last_number, case when p.last_number <= ${most}::integer then ${most}::integer
      else ${most}::integer / greatest((select count(*)::integer from asked), 1) end as most
    from projects p where p.workspace_id = ${workspace_id} and p.id = ${project_id})`;

interface Counted {
  status: string;
  /** Including deleted tickets, which the index contains, too; one more than the bound if there are more. */
  entries: number;
  deleted: number;
  most: number;
  /** How many tickets the project has ever had: their numbers have no gaps. */
  last_number: number;
}

export interface Levels {
  /** How many live tickets are in each status now. */
  levels: Map<string, number>;
  /** The statuses with too many tickets to count. */
  not_counted: Set<string>;
}

/**
 * Counts the live tickets in each status now: the entries of an index less those of deleted tickets, at most `most` of
 * either. One status may have more: its number is that of all tickets less the others. So the numbers are exact in a
 * project with any number of closed tickets.
 */
export async function levelsOf(db: Db, place: Place, most = max_counted): Promise<Levels> {
  const { workspace_id, project_id } = place;
  const inStatus = (presence: Sql) => sql`
    select count(*)::integer as n from (
      select 1 from tickets t
      where t.workspace_id = ${workspace_id} and t.project_id = ${project_id} and t.status = s.status and ${presence}
      limit b.most + 1) counted`;
  const rows = await db.rows<Counted>(sql`
    with ${boundsOf(place, { condition: sql`true`, most })}
    select s.status, a.n as entries, d.n as deleted, b.most, b.last_number
    from asked s
    cross join bound b
    cross join lateral (${inStatus(sql`true`)}) a
    cross join lateral (${inStatus(sql`t.deleted_at is not null`)}) d
    order by s.status`);
  return levelsFrom(rows);
}

function levelsFrom(rows: readonly Counted[]): Levels {
  const has_more = rows.filter(({ entries, most }) => entries > most);
  const [only] = has_more.length === 1 ? has_more : [];
  const of_others = rows.reduce((sum, row) => (row === only ? sum : sum + row.entries), 0);
  const levels = new Map<string, number>();
  const not_counted = new Set<string>();
  for (const row of rows) {
    const { status, entries, deleted, most, last_number } = row;
    const all = row === only ? last_number - of_others : entries;
    if (deleted > most || (entries > most && row !== only)) not_counted.add(status);
    else levels.set(status, all - deleted);
  }
  return { levels, not_counted };
}

/** The age at the start of the minute, so that a client that asks twice within a minute gets 304. */
const ageOf = (since: Sql) => sql`greatest(0, ${secondsBetween(since, sql`date_trunc('minute', now())`)})`;

export interface AgeingRow {
  /** Whether all open tickets were looked at. */
  complete: boolean;
  statuses: { status: string; age: DurationsRow; in_status: DurationsRow }[];
  oldest: { id: string; key: string; status: string; assignee_id: string | null; age_s: number; in_status_s: number }[];
}

/**
 * How old the open tickets are; if there are too many, only the oldest of each status. The bound includes deleted ones:
 * if they were left out before they are counted, any number of them would be read.
 */
export function ageingOf(
  db: Db,
  place: Place,
  { open, shown, most = max_open }: { open: readonly string[]; shown: number; most?: number },
): Promise<AgeingRow> {
  const { workspace_id, project_id } = place;
  return db.one(sql`
    with ${boundsOf(place, { condition: sql`s.status = any (${open}::text[])`, most })},
    scanned as materialized (
      select t.* from asked s
      cross join bound b
      cross join lateral (
        select i.*, row_number() over (order by i.created_at, i.id) as place
        from (
          select t.id, t.number, t.status, t.assignee_id, t.status_sequence, t.created_at, t.deleted_at from tickets t
          where t.workspace_id = ${workspace_id} and t.project_id = ${project_id} and t.status = s.status
          order by t.created_at, t.id limit b.most + 1) i) t),
    ages as materialized (
      select o.id, o.number, o.status, o.assignee_id, ${ageOf(sql`o.created_at`)} as age_s,
        ${ageOf(sql`coalesce(h.created_at, o.created_at)`)} as in_status_s
      from scanned o
      left join lateral (
        select h.created_at from status_history h
        where h.workspace_id = ${workspace_id} and h.ticket_id = o.id and h.sequence = o.status_sequence limit 1) h on true
      where o.place <= (select most from bound) and o.deleted_at is null)
    select not exists (select 1 from scanned o where o.place > (select most from bound)) as complete,
      coalesce((select jsonb_agg(one order by one ->> 'status') from (
        select jsonb_build_object('status', status, 'age', ${durationsOf(sql`age_s`)}, 'in_status', ${durationsOf(sql`in_status_s`)}) as one
        from ages group by status) s), '[]') as statuses,
      coalesce((select jsonb_agg(one order by (one ->> 'in_status_s')::float8 desc, one ->> 'id') from (
        select jsonb_build_object('id', a.id, 'key', p.key || '-' || a.number, 'status', a.status, 'assignee_id', a.assignee_id,
          'age_s', a.age_s, 'in_status_s', a.in_status_s) as one
        from (select * from ages order by in_status_s desc, id limit ${shown}) a
        join projects p on p.workspace_id = ${workspace_id} and p.id = ${project_id}) s), '[]') as oldest`);
}
