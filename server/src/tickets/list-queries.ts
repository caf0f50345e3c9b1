import { unnumberedOf } from '../audit/queries.ts';
import { without } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import {
  at_types,
  type Column,
  everything,
  first_id,
  longText,
  named,
  pageOf,
  type Position,
  type Source,
  type Span,
  withinBudget,
} from '../db/walk.ts';
import { isUuid } from '../lib/ids.ts';
import { wordStart } from '../lib/either-case.ts';
import { at_type_of, type TicketList } from './list-filter.ts';
import { short_columns, type TicketRow } from './queries.ts';
import { activityOf, holderOf } from './source-queries.ts';
import { isKey } from './words.ts';

export interface ListedRow extends Omit<TicketRow, 'description'> {
  /** The start of the description. */
  start: string;
  /** Present if it was requested and fits the page's budget. */
  description?: string;
  /** Whether the description fits the page's budget. */
  fits?: boolean;
}

/** A ticket of a list as the database returns it, or the place where the walk stopped. */
export type Walked = ListedRow & Position & { stopped: boolean };

/** The project of a ticket `c`. */
export const from_project = (workspace_id: string) => sql`cross join lateral (
  select key, workflow_version, archived_at from projects r
  where r.workspace_id = ${workspace_id} and r.id = c.project_id limit 1) p`;

const within = (at: Sql, { after, before }: Span, type = at_types.time) => sql`
  (${at}, c.id) > (${after.at}::${type}, ${after.id}::uuid)
  and (${at}, c.id) < (${before.at}::${type}, ${before.id}::uuid)`;

/** The condition that the ticket's title has a word starting with each of these, except one that is the ticket's key. */
function isFound(words: readonly string[] | undefined): Sql {
  const starts = words?.map(wordStart) ?? null;
  const keys = words?.some(isKey) === true ? words.map((word) => (isKey(word) ? word.toUpperCase() : null)) : null;
  return sql`(${starts}::text[] is null or c.title ~ all (${starts}::text[]) or (${keys}::text[] is not null and not exists (
    select from unnest(${starts}::text[], ${keys}::text[]) s (start, key)
    where c.title !~ s.start and s.key is distinct from p.key || '-' || c.number)))`;
}

/** The conditions of all filters, sent or not, so that all lists from one source share one statement. */
export function matches({ filter, workspace_id }: TicketList): Sql {
  const { project_id, status = null, reporter_id = null, priority = null, label = null, ids = null } = filter;
  const {
    assignee_id,
    created,
    updated,
    active,
    due,
    deleted,
    archived,
    status_category = null,
    is_due = null,
  } = filter;
  const holders = assignee_id?.map(holderOf) ?? null;
  const project_ids = project_id?.filter((ref) => isUuid(ref)) ?? null;
  const project_keys = project_id?.filter((ref) => !isUuid(ref)) ?? null;
  const activity = activityOf(workspace_id, { id: sql`c.id`, updated_at: sql`c.updated_at` });
  return sql`${deleted}::boolean = (c.deleted_at is not null)
    and case ${archived}::text when 'any' then true when 'true' then p.archived_at is not null
      else p.archived_at is null end
    and (${project_ids}::uuid[] is null or c.project_id = any (${project_ids}::uuid[])
      or p.key = any (${project_keys}::text[]))
    and (${ids}::uuid[] is null or c.id = any (${ids}::uuid[]))
    and (${status}::text[] is null or c.status = any (${status}::text[]))
    and (${status_category}::text[] is null or (
      select s.category from project_statuses s
      where s.workspace_id = ${workspace_id} and s.project_id = c.project_id and s.status = c.status
      limit 1) = any (${status_category}::text[]))
    and (${holders}::uuid[] is null or coalesce(c.assignee_id, ${first_id}::uuid) = any (${holders}::uuid[]))
    and (${reporter_id}::uuid[] is null or c.reporter_id = any (${reporter_id}::uuid[]))
    and (${priority}::text[] is null or c.priority = any (${priority}::text[]))
    and (${label}::text[] is null or c.labels && ${label}::text[])
    and (${is_due}::boolean is null or ${is_due}::boolean = (c.due_on is not null))
    and (${due === everything}::boolean or (${within(sql`c.due_on`, due, at_types.day)}))
    and ${isFound(filter.words)}
    and ${within(sql`c.created_at`, created)} and ${within(sql`c.updated_at`, updated)}
    and (${active === everything}::boolean or (${within(activity, active)}))`;
}

// The id is selected already, as the place of the row.
const plain_columns: Column[] = Object.values<Sql>(without(short_columns, 'id')).map((name) => ({
  name,
  value: sql`c.${name}`,
}));
const plain_names = plain_columns.map(({ name }) => name);
const plain = named(plain_columns);

const description = sql`description`;

interface Shown {
  limit: number;
  /** Whether the start of the description is shown, and whether the whole of it is. */
  excerpt: boolean;
  description: boolean;
}

/** Returns the statement for one page of a list, from one of its sources. */
export function ticketPage(list: TicketList, source: Source, options: Shown): Sql {
  const { workspace_id, order, descending, span } = list;
  const by_activity = order === 'last_activity_at';
  const activity = activityOf(workspace_id, { id: sql`c.id`, updated_at: sql`c.updated_at` });
  const columns: Column[] = [
    { name: sql`key`, value: sql`p.key || '-' || c.number` },
    // No more than this is read of a long text.
    { name: sql`start`, value: options.excerpt ? sql`left(c.description, 400)` : sql`''` },
    { name: sql`last_activity_at`, value: by_activity ? sql`c.at` : activity },
    { name: sql`workflow_version`, value: sql`p.workflow_version` },
    { name: sql`project_archived_at`, value: sql`p.archived_at` },
  ];
  if (options.description) columns.push({ name: description, value: sql`c.description` });
  const page = pageOf(source, {
    columns: sql`${plain}, ${named(columns)}`,
    width: plain_columns.length + columns.length,
    joins: from_project(workspace_id),
    filter: matches(list),
    span,
    at_type: at_type_of[order],
    descending,
    limit: options.limit,
  });
  if (!options.description) return page;
  const names = [sql`stopped`, sql`at`, sql`id`, ...plain_names, ...columns.map(({ name }) => name)];
  return withinBudget(page, names, longText(description));
}

/**
 * Returns the rank after which a walk of one status continues if its last ticket has another rank now. That is the current rank if
 * the ticket was only respaced since, which keeps the order. If somebody has placed or moved it since, returns undefined, and the
 * walk continues after the rank that the ticket had.
 */
export async function rankSince(
  db: Db,
  { workspace_id, status }: { workspace_id: string; status: string },
  { at, id }: Position,
): Promise<string | undefined> {
  const entries = (from: Sql, of_ticket: Sql) => sql`
    select a.action, a.created_at, a.before ->> 'rank' as rank from ${from} a
    where a.workspace_id = ${workspace_id} and ${of_ticket} and a.subject_type = 'ticket'
      and (a.after ? 'rank' or a.after ? 'status')`;
  const found = await db.maybeOne<{ rank: string }>(sql`
    select t.rank from tickets t
    where t.workspace_id = ${workspace_id} and t.id = ${id} and t.status = ${status} and t.deleted_at is null
      and t.rank <> ${at}::text and (
      select bool_and(e.action = 'ticket.respaced') from (
        select e.action, max(e.created_at) filter (where e.action = 'ticket.respaced' and e.rank = ${at}::text) over () as since,
          e.created_at
        from (${entries(sql`events`, sql`a.subject_id = ${id}`)} union all ${entries(sql`outbox`, unnumberedOf(id))}) e) e
      where e.created_at >= e.since)`);
  return found?.rank;
}
