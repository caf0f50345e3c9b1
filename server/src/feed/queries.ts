import { before_and_after } from '../audit/queries.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { type Column, ends, named, withinBudget } from '../db/walk.ts';
import type { Query } from '../http/contract.ts';
import type { Event, read_events } from './contract.ts';

export type EventFilter = Pick<Query<typeof read_events>, 'types' | 'project_id' | 'ticket'>;

/** An event with its number, and with what decides which of its fields a role may see. */
export interface EventRow extends Omit<Event, 'offset'> {
  sequence: number;
  ticket_is_deleted: boolean;
}

/** The number of the workspace's last event, which is also how many it has. */
export function lastSequence(db: Db, workspace_id: string): Promise<{ last_sequence: number } | undefined> {
  return db.maybeOne(sql`select h.last_sequence from event_heads h where h.workspace_id = ${workspace_id}`);
}

/** The numbers of the last events of several workspaces, in one statement. */
export function lastSequences(
  db: Db,
  workspace_ids: readonly string[],
): Promise<{ workspace_id: string; last_sequence: number }[]> {
  return db.rows(sql`select h.workspace_id, h.last_sequence from last_sequences(${workspace_ids}::uuid[]) h`);
}

const own = (name: Sql): Column => ({ name, value: sql`e.${name}` });

/** The columns read of an event `e`, its ticket `t` and its project `p`. */
const event_columns = {
  sequence: own(sql`sequence`),
  id: own(sql`id`),
  type: { name: sql`type`, value: sql`e.action` },
  actor_id: own(sql`actor_id`),
  subject_type: own(sql`subject_type`),
  subject_id: own(sql`subject_id`),
  subject_version: own(sql`subject_version`),
  project_id: { name: sql`project_id`, value: sql`p.id` },
  ticket_id: { name: sql`ticket_id`, value: sql`t.id` },
  before: own(sql`before`),
  after: own(sql`after`),
  on_behalf_of: own(sql`on_behalf_of`),
  created_at: own(sql`created_at`),
  ticket_is_deleted: { name: sql`ticket_is_deleted`, value: sql`t.deleted_at is not null` },
} satisfies Record<keyof EventRow, Column>;

const columns: Column[] = Object.values(event_columns);
const names = columns.map(({ name }) => name);

interface Behind {
  workspace_id: string;
  sequence: number;
}

/** The number of the last event that one page may look at; undefined if the events end before it. */
export function stopBehind(db: Db, { workspace_id, sequence }: Behind): Promise<{ sequence: number } | undefined> {
  return db.maybeOne(sql`
    select e.sequence from events e where e.workspace_id = ${workspace_id} and e.sequence > ${sequence}
    order by e.sequence ${ends.stop}`);
}

/**
 * The next events that pass the filter, in their order, as many as fit into a response. Tickets and
 * projects are looked up one by one: with a join, the planner would read all of them if it assumes that the workspace is small.
 */
export function eventsBehind(
  db: Db,
  { workspace_id, sequence }: Behind,
  filter: EventFilter,
  limit: number,
): Promise<(EventRow & { fits: boolean })[]> {
  const { types = null, project_id = null, ticket = null } = filter;
  const page = sql`
    select ${named(columns)}
    from (
      select * from events where workspace_id = ${workspace_id} and sequence > ${sequence} order by sequence ${ends.walked}) e
    left join lateral (
      select t.id, t.project_id, t.number, t.deleted_at from tickets t where t.workspace_id = ${workspace_id}
        and t.id = case when e.subject_type = 'ticket' then e.subject_id else e.ticket_id end limit 1) t on true
    left join lateral (
      select p.id, p.key from projects p where p.workspace_id = ${workspace_id}
        and p.id = case when e.subject_type in ('project', 'workflow') then e.subject_id else t.project_id end limit 1) p on true
    where (${types}::text[] is null or e.action = any (${types}::text[]))
      and (${project_id}::text[] is null or p.id::text = any (${project_id}::text[]) or p.key = any (${project_id}::text[]))
      and (${ticket}::text[] is null or t.id::text = any (${ticket}::text[])
        or p.key || '-' || t.number = any (${ticket}::text[]))
    order by e.sequence limit ${limit}`;
  return db.rows(withinBudget(page, names, before_and_after));
}
