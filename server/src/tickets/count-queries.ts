import { sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { all_texts, type Ends, ends, type Source, walk } from '../db/walk.ts';
import type { Column } from './place-queries.ts';
import { from_project, matches } from './list-queries.ts';
import type { TicketList } from './list-filter.ts';

/** The ends of walks that count. There are only a few limits, so that there are only a few different statements. */
const counting: [most: number, ends: Ends][] = [
  [20_000, { walked: sql`limit 20000`, stop: sql`offset 19999 limit 1`, few: sql`limit 40000` }],
  [5_000, { walked: sql`limit 5000`, stop: sql`offset 4999 limit 1`, few: sql`limit 10000` }],
];

/** Returns the end of a walk that reads at most this many rows, or 2,000 if this is less than the smallest limit. */
export function endsWithin(most: number): Ends {
  return counting.find(([rows]) => rows <= most)?.[1] ?? ends;
}

export interface Counted {
  tickets: number;
  /** Whether all tickets were counted. */
  complete: boolean;
}

/**
 * Counts the tickets of a status of a project by an index alone. The count stops at `all` in a project that never had more than
 * `all` tickets, and at `each` in a larger one.
 */
export async function countColumn(
  db: Db,
  { workspace_id, project_id, status }: Column,
  { all, each }: { all: number; each: number },
): Promise<Counted> {
  const column = {
    from: sql`tickets t`,
    where: sql`t.workspace_id = ${workspace_id} and t.deleted_at is null`,
    keys: [
      { column: sql`t.project_id`, value: sql`${project_id}::uuid` },
      { column: sql`t.status`, value: sql`${status}::text` },
    ],
    at: sql`t.rank`,
    at_type: 'text' as const,
    id: sql`t.id`,
  };
  const end = sql`limit b.most + 1`;
  const { n, most } = await db.one<{ n: number; most: number }>(sql`
    select c.n, b.most
    from (
      select case when p.last_number <= ${all}::integer then ${all}::integer else ${each}::integer end as most from projects p
      where p.workspace_id = ${workspace_id} and p.id = ${project_id}) b
    cross join lateral (
      select count(*)::integer as n from (
        ${walk(column, { span: all_texts, descending: false, columns: sql`t.id`, end })}) t) c`);
  return { tickets: Math.min(n, most), complete: n <= most };
}

const found = (list: TicketList, { rows }: Source) => sql`
  (${rows}) c ${from_project(list.workspace_id)} where ${matches(list)}`;

/** Counts the tickets of a source that match. */
export async function countFound(db: Db, list: TicketList, source: Source): Promise<Counted> {
  const { tickets, stopped } = await db.one<{ tickets: number; stopped: boolean }>(sql`
    select (select count(*)::integer from ${found(list, source)}) as tickets,
      exists (select 1 from (${source.stop}) s) as stopped`);
  return { tickets, complete: source.complete || !stopped };
}

export const group_columns = {
  status: sql`c.status`,
  assignee: sql`c.assignee_id::text`,
  priority: sql`c.priority`,
  label: sql`g.label`,
};

/** Counts the tickets of a source that match, by one of `group_columns`. Returns at most `most` groups, the largest first. */
export async function countGroups(
  db: Db,
  list: TicketList,
  { source, group_by, most }: { source: Source; group_by: keyof typeof group_columns; most: number },
): Promise<{ groups: { value: string | null; tickets: number }[]; complete: boolean }> {
  const each_label = group_by === 'label' ? sql`cross join lateral unnest(c.labels) g (label)` : sql``;
  const rows = await db.rows<{ value: string | null; tickets: number | null; stopped: boolean }>(sql`
    select s.stopped, n.value, n.tickets
    from (select exists (select 1 from (${source.stop}) s) as stopped) s
    left join lateral (
      select ${group_columns[group_by]} as value, count(*)::integer as tickets
      from (select c.* from ${found(list, source)}) c ${each_label}
      group by 1 order by 2 desc, 1 limit ${most + 1}) n on true`);
  const groups = rows.flatMap(({ value, tickets }) => (tickets === null ? [] : [{ value, tickets }]));
  const stopped = rows[0]?.stopped === true && !source.complete;
  return { groups: groups.slice(0, most), complete: !stopped && groups.length <= most };
}

/** Returns the moment that a batch of reads shows: the last event before it, and the version of the project's workflow. */
export function momentOf(db: Db, { workspace_id, project_id }: Omit<Column, 'status'>) {
  return db.one<{ last_sequence: number; workflow_version: number }>(sql`
    select h.last_sequence, p.workflow_version from projects p cross join event_heads h
    where p.workspace_id = ${workspace_id} and p.id = ${project_id} and h.workspace_id = ${workspace_id}`);
}
