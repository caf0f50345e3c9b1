import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import type { Ticket } from '../tickets/contract.ts';
import { max_rows } from './contract.ts';

type Category = Ticket['status_category'];

export interface Place {
  workspace_id: string;
  project_id: string;
}

/** Days in a time zone: from the start of the first to the end of the last. */
export interface Period {
  from: string;
  to: string;
  time_zone: string;
}

/** In how many versions of a workflow the category of a status is looked up. */
const versions_looked_at = 100;

/** The category of each status, from the latest version of the workflow that has the status. */
export async function categoriesOf(db: Db, { workspace_id, project_id }: Place): Promise<Map<string, Category>> {
  const rows = await db.rows<{ key: string; category: Category }>(sql`
    select distinct on (s.key) s.key, s.category
    from (
      select w.version, w.statuses from workflows w
      where w.workspace_id = ${workspace_id} and w.project_id = ${project_id}
      order by w.version desc limit ${versions_looked_at}) w
    cross join lateral jsonb_to_recordset(w.statuses) s (key text, category text)
    order by s.key, w.version desc`);
  return new Map(rows.map(({ key, category }) => [key, category]));
}

const startOf = ({ from, time_zone }: Period) => sql`start_of_day(${from}::date, ${time_zone})`;
const endOf = ({ to, time_zone }: Period) => sql`start_of_day(${to}::date + 1, ${time_zone})`;

/**
 * Transitions in a period, at most one more than may be read. They include those of deleted tickets: if these were left
 * out before they are counted, any number of them would be read.
 */
const stepsSince = ({ workspace_id, project_id }: Place, from: Sql, before: Sql, most: number) => sql`
  select h.ticket_id, h.sequence, h.from_status, h.to_status, h.created_at
  from status_history h
  where h.workspace_id = ${workspace_id} and h.project_id = ${project_id}
    and h.created_at >= ${from} and h.created_at < ${before}
  order by h.created_at, h.id limit ${most + 1}`;

/**
 * Of the transitions that were read, as `s`, keeps those of live tickets; none if there are too many, because the
 * request is then refused. Each ticket is looked up by its key: with a join, the planner would read all tickets of a
 * workspace that it assumes to be small.
 */
const ofLiveTickets = ({ workspace_id }: Place, most: number) => sql`
  cross join lateral (
    select 1 from tickets t where t.workspace_id = ${workspace_id} and t.id = s.ticket_id and t.deleted_at is null limit 1) l
  where (select count(*) from scanned) <= ${most}`;

export interface BucketRow {
  from: string;
  before: string;
  created: number;
  completed: number;
  reopened: number;
  /** By status: how many tickets entered it, less how many left it. */
  moved: Record<string, number>;
}

/**
 * Counts what happened in each bucket of a period, and in a last one for everything after it. `rows` is the number of
 * rows read, which may exceed the bound by one. Deleted tickets are left out.
 */
export async function bucketsOf(
  db: Db,
  place: Place,
  {
    period,
    starts,
    done,
    most = max_rows,
  }: { period: Period; starts: readonly string[]; done: readonly string[]; most?: number },
): Promise<{ buckets: BucketRow[]; rows: number }> {
  const { workspace_id, project_id } = place;
  const rows = await db.rows<BucketRow & { rows: number }>(sql`
    with starts as (
      select array_agg(start_of_day(d::date, ${period.time_zone}) order by n) || ${endOf(period)} as at
      from unnest(${starts}::text[]) with ordinality b (d, n)),
    scanned as materialized (${stepsSince(place, startOf(period), sql`'infinity'`, most)}),
    steps as materialized (
      select width_bucket(s.created_at, (select at from starts)) as n, s.from_status, s.to_status,
        s.from_status = any (${done}::text[]) as was_done, s.to_status = any (${done}::text[]) as is_done
      from scanned s ${ofLiveTickets(place, most)}),
    made as materialized (
      select width_bucket(m.created_at, (select at from starts)) as n, m.initial_status
      from (
        select t.initial_status, t.created_at from tickets t
        where t.workspace_id = ${workspace_id} and t.project_id = ${project_id} and t.deleted_at is null
          and t.created_at >= ${startOf(period)}
        order by t.created_at, t.id limit ${most + 1}) m),
    moved as (
      select n, jsonb_object_agg(status, by) as moved from (
        select n, status, sum(by) as by from (
          select n, to_status as status, 1 as by from steps
          union all select n, from_status, -1 from steps
          union all select n, initial_status, 1 from made) m
        group by n, status) per_status
      group by n),
    turned as (
      select n, count(*) filter (where is_done and not was_done)::int as completed,
        count(*) filter (where was_done and not is_done)::int as reopened
      from steps group by n),
    born as (select n, count(*)::int as created from made group by n)
    select b.at as "from", coalesce(lead(b.at) over (order by b.n), b.at) as before, coalesce(c.created, 0) as created,
      coalesce(t.completed, 0) as completed, coalesce(t.reopened, 0) as reopened, coalesce(v.moved, '{}') as moved,
      (select count(*)::int from scanned) + (select count(*)::int from made) as rows
    from starts cross join lateral unnest(starts.at) with ordinality b (at, n)
    left join born c on c.n = b.n
    left join turned t on t.n = b.n
    left join moved v on v.n = b.n
    order by b.n`);
  return { buckets: rows.map(({ rows: _, ...bucket }) => bucket), rows: rows[0]?.rows ?? 0 };
}

/** Percentiles of a column of seconds, as the contract's Durations. */
export const durationsOf = (column: Sql) => sql`jsonb_build_object(
  'count', count(${column}),
  'p50_s', percentile_cont(0.5) within group (order by ${column}),
  'p85_s', percentile_cont(0.85) within group (order by ${column}),
  'p95_s', percentile_cont(0.95) within group (order by ${column}))`;

export interface DurationsRow {
  count: number;
  p50_s: number | null;
  p85_s: number | null;
  p95_s: number | null;
}

export const secondsBetween = (from: Sql, to: Sql) => sql`extract(epoch from ${to} - ${from})::float8`;

export interface TimesRow {
  rows: number;
  lead_time: DurationsRow;
  cycle_time: DurationsRow;
  statuses: (DurationsRow & { status: string; total_s: number })[];
}

/** How long the tickets took that were completed in a period and not reopened later in it. */
export function timesOf(
  db: Db,
  place: Place,
  {
    period,
    done,
    active,
    most = max_rows,
  }: { period: Period; done: readonly string[]; active: readonly string[]; most?: number },
): Promise<TimesRow> {
  const { workspace_id } = place;
  return db.one(sql`
    with scanned as materialized (${stepsSince(place, startOf(period), endOf(period), most)}),
    steps as materialized (select s.* from scanned s ${ofLiveTickets(place, most)}),
    turned as (
      select distinct on (ticket_id) ticket_id, sequence, created_at as at, to_status = any (${done}::text[]) as is_done
      from steps where (to_status = any (${done}::text[])) <> (from_status = any (${done}::text[]))
      order by ticket_id, sequence desc),
    completed as materialized (
      select f.ticket_id, f.sequence, f.at, t.created_at, t.initial_status from turned f
      cross join lateral (
        select t.created_at, t.initial_status from tickets t where t.workspace_id = ${workspace_id} and t.id = f.ticket_id limit 1) t
      where f.is_done),
    stays as materialized (
      select ticket_id, status, since, coalesce(lead(since) over (partition by ticket_id order by sequence), at) as until, is_last
      from (
        select c.ticket_id, 0 as sequence, c.initial_status as status, c.created_at as since, c.at, false as is_last from completed c
        union all
        (select c.ticket_id, h.sequence, h.to_status, h.created_at, c.at, h.sequence = c.sequence
        from completed c
        cross join lateral (
          select h.sequence, h.to_status, h.created_at from status_history h
          where h.workspace_id = ${workspace_id} and h.ticket_id = c.ticket_id and h.sequence <= c.sequence
          order by h.sequence limit ${most + 1}) h
        limit ${most + 1})) entered),
    per_ticket as (
      select c.ticket_id, ${secondsBetween(sql`c.created_at`, sql`c.at`)} as lead_s,
        ${secondsBetween(sql`min(s.since)`, sql`c.at`)} as cycle_s
      from completed c
      left join stays s on s.ticket_id = c.ticket_id and s.status = any (${active}::text[])
      group by c.ticket_id, c.created_at, c.at),
    per_status as (
      select status, sum(${secondsBetween(sql`since`, sql`until`)}) as stay_s from stays where not is_last
      group by ticket_id, status)
    select greatest(
        (select count(*) from scanned), (select count(*) from stays) - (select count(*) from completed))::int as rows,
      (select ${durationsOf(sql`lead_s`)} from per_ticket) as lead_time,
      (select ${durationsOf(sql`cycle_s`)} from per_ticket) as cycle_time,
      coalesce((select jsonb_agg(one order by one ->> 'status') from (
        select ${durationsOf(sql`stay_s`)} || jsonb_build_object('status', status, 'total_s', sum(stay_s)) as one
        from per_status group by status) s), '[]') as statuses`);
}
