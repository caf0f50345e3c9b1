import { selected } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { before_and_after, unnumberedOf } from '../audit/queries.ts';
import { type Column, named, withinBudget } from '../db/walk.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { ActivityEntry, ProjectTransition } from './history-contract.ts';
import { shown_transition } from './queries.ts';

const own = (name: Sql): Column => ({ name, value: sql`a.${name}` });

/** What is read of an entry `a` of a ticket or a comment. */
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
} satisfies Record<keyof ActivityEntry, Column>;

const columns: Column[] = Object.values(activity_columns);
const names = columns.map(({ name }) => name);

/** What happened to a ticket and its comments, numbered or not. */
export function activityOf(
  db: Db,
  workspace_id: string,
  ticket_id: string,
  part: KeysetPart,
): Promise<ActivityEntry[]> {
  // Ordered and limited in each arm: by one condition on both, PostgreSQL would read and sort all of either.
  const arm = (from: Sql, condition: Sql) => sql`
    (select ${named(columns)}
    from ${from} a
    where a.workspace_id = ${workspace_id} and ${condition} and ${part.after}
    ${part.order_and_limit})`;
  const page = sql`
    select a.* from (
      ${arm(sql`events`, sql`a.subject_id = ${ticket_id} and a.subject_type = 'ticket'`)}
      union all
      ${arm(sql`events`, sql`a.ticket_id = ${ticket_id}`)}
      union all
      ${arm(sql`outbox`, unnumberedOf(ticket_id))}) a
    ${part.order_and_limit}`;
  return db.rows(withinBudget(page, names, before_and_after));
}

/** The transitions of all tickets of a project, without their comments. */
export function projectTransitions(
  db: Db,
  workspace_id: string,
  project_id: string,
  part: KeysetPart,
): Promise<ProjectTransition[]> {
  return db.rows(sql`
    select ${selected(shown_transition, sql`h`)}, p.key || '-' || t.number as ticket_key
    from status_history h
    join tickets t on t.workspace_id = ${workspace_id} and t.id = h.ticket_id
    join projects p on p.workspace_id = ${workspace_id} and p.id = ${project_id}
    where h.workspace_id = ${workspace_id} and h.project_id = ${project_id} and ${part.after}
    ${part.order_and_limit}`);
}
