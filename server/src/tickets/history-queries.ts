import { selected } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { before_and_after, unnumberedOf } from '../audit/queries.ts';
import { type Column, named, type Position, type Span, withinBudget } from '../db/walk.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { ActivityEntry, ProjectTransition } from './history-contract.ts';
import { shown_transition } from './queries.ts';

const own = (name: Sql): Column => ({ name, value: sql`a.${name}` });

/** The columns that are read of an entry `a` of a ticket or a comment. */
const activity_columns = {
  id: own(sql`id`),
  actor_id: own(sql`actor_id`),
  action: own(sql`action`),
  subject_type: own(sql`subject_type`),
  subject_id: own(sql`subject_id`),
  version: { name: sql`version`, value: sql`a.subject_version` },
  before: own(sql`before`),
  after: own(sql`after`),
  created_at: own(sql`created_at`),
} satisfies Record<Exclude<keyof ActivityEntry, 'actor_name' | 'assignees'>, Column>;

const columns: Column[] = Object.values(activity_columns);
const shown = [...columns.map(({ name }) => name), sql`actor_name`, sql`assignees`];

/** A user's name by the account's key. For a join, the planner would read all accounts instead. */
const nameOf = (user_id: Sql): Sql => sql`(select u.name from users u where u.id = ${user_id})`;

/** The names of the people in an entry, which contains only their ids. */
const names = sql`
  ${nameOf(sql`a.actor_id`)} as actor_name,
  coalesce((
    select json_agg(json_build_object('user_id', x.id, 'name', ${nameOf(sql`x.id`)}))
    from unnest(array[(a.before ->> 'assignee_id')::uuid, (a.after ->> 'assignee_id')::uuid]) x (id)
    where x.id is not null), '[]') as assignees`;

const long = {
  columns: before_and_after.columns,
  json_bytes: sql`${before_and_after.json_bytes} + coalesce(octet_length(to_json(q.actor_name)::text), 0) + octet_length(q.assignees::text)`,
};

/** Returns the entries of a ticket and its comments, whether or not they are numbered. */
export function activityOf(
  db: Db,
  workspace_id: string,
  ticket_id: string,
  part: KeysetPart,
): Promise<ActivityEntry[]> {
  // Each arm is ordered and limited: with one condition for both, PostgreSQL would read and sort all rows of each.
  const arm = (from: Sql, condition: Sql) => sql`
    (select ${named(columns)}
    from ${from} a
    where a.workspace_id = ${workspace_id} and ${condition} and ${part.after}
    ${part.order_and_limit})`;
  const page = sql`
    select a.*, ${names} from (
      ${arm(sql`events`, sql`a.subject_id = ${ticket_id} and a.subject_type = 'ticket'`)}
      union all
      ${arm(sql`events`, sql`a.ticket_id = ${ticket_id}`)}
      union all
      ${arm(sql`outbox`, unnumberedOf(ticket_id))}) a
    ${part.order_and_limit}`;
  return db.rows(withinBudget(page, shown, long));
}

/** Returns the transitions of all tickets of a project within a span, latest first, without their comments. */
export function projectTransitions(
  db: Db,
  { workspace_id, project_id }: { workspace_id: string; project_id: string },
  { span: { after, before }, limit }: { span: Span; limit: number },
): Promise<(ProjectTransition & Position)[]> {
  return db.rows(sql`
    select ${selected(shown_transition, sql`h`)}, p.key || '-' || t.number as ticket_key, t.title as ticket_title,
      ${nameOf(sql`h.actor_id`)} as actor_name, h.created_at as at
    from status_history h
    join tickets t on t.workspace_id = ${workspace_id} and t.id = h.ticket_id
    join projects p on p.workspace_id = ${workspace_id} and p.id = ${project_id}
    where h.workspace_id = ${workspace_id} and h.project_id = ${project_id}
      and (h.created_at, h.id) > (${after.at}::timestamptz, ${after.id}::uuid)
      and (h.created_at, h.id) < (${before.at}::timestamptz, ${before.id}::uuid)
    order by h.created_at desc, h.id desc limit ${limit}`);
}
