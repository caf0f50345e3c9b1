import { without } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import {
  allOf,
  type Column,
  ends,
  everything,
  first_id,
  type IndexWalk,
  inOrder,
  last_id,
  longText,
  merged,
  pageOf,
  type Position,
  type Source,
  type Span,
  walk,
  widened,
  withinBudget,
} from '../db/walk.ts';
import { isUuid } from '../lib/ids.ts';
import { short_columns, type TicketRow } from './queries.ts';

/** What narrows a list of tickets; times in canonical form, spans wide open where nothing was asked. */
export interface TicketFilter {
  /** Of each filter one of the values; of projects their ids or keys. */
  project_id?: readonly string[] | undefined;
  status?: readonly string[] | undefined;
  /** null: nobody's. */
  assignee_id?: readonly (string | null)[] | undefined;
  reporter_id?: readonly string[] | undefined;
  priority?: readonly string[] | undefined;
  label?: readonly string[] | undefined;
  created: Span;
  updated: Span;
  active: Span;
  deleted: boolean;
  /** Tickets of archived projects: left out, alone, or with the others. */
  archived: 'false' | 'true' | 'any';
}

export type Order = 'created_at' | 'updated_at' | 'last_activity_at';

/** A list: which tickets, in which order, from where to where. */
export interface TicketList {
  workspace_id: string;
  filter: TicketFilter;
  order: Order;
  descending: boolean;
  span: Span;
}

export interface ListedRow extends Omit<TicketRow, 'description'> {
  /** How the description starts. */
  start: string;
  /** Where it was asked for, and within the page's budget. */
  description?: string;
  /** Whether the description was within the page's budget. */
  fits?: boolean;
}

/** A ticket of a list as the database gives it, or where the walk stopped. */
export type Walked = ListedRow & Position & { stopped: boolean };

const times = { created_at: sql`t.created_at`, updated_at: sql`t.updated_at` };
// Spelt as the indexes have it. `coalesce` would say the same, but row-level security lets no index be searched by it.
const holder = sql`case when t.assignee_id is null then '00000000-0000-0000-0000-000000000000'::uuid
  else t.assignee_id end`;
const holderOf = (assignee_id: string | null) => assignee_id ?? first_id;

type Key = IndexWalk['keys'][number];

interface Keyed {
  /** What the index's first columns are: one of these. */
  keys: Key[][];
  orders: Order[];
  of_labels?: true;
  /** A ticket may have several of the keys. */
  distinct?: boolean;
}

/** More walks than this would cost more to plan than to look at the rows of the projects. */
const max_pairs = 10;

/** The indexes that a filter's equalities have, the narrowest first, each with the orders it is kept in. */
function keyedIndexes({ workspace_id, filter }: TicketList): Keyed[] {
  const { project_id, status, assignee_id, reporter_id, priority, label } = filter;
  const uuid = (column: Sql) => (value: string) => ({ column, value: sql`${value}::uuid` });
  const text = (column: Sql) => (value: string) => ({ column, value: sql`${value}::text` });
  const ofProject = (ref: string) => ({ column: sql`t.project_id`, value: projectId(workspace_id, ref) });
  const ofStatus = text(sql`t.status`);
  const each = (values: readonly string[], nobodys: string, keyOf: (value: string) => Key): Key[][] =>
    widened(values, nobodys).map((value) => [keyOf(value)]);
  const found: Keyed[] = [];
  if (label !== undefined) {
    found.push({ keys: each(label, '', text(sql`l.label`)), orders: ['created_at'], of_labels: true, distinct: true });
  }
  // One project may be named twice: by its id and by its key.
  const distinct = (project_id?.length ?? 0) > 1;
  const pairs = project_id?.flatMap((ref) => status?.map((one) => [ref, one] as const) ?? []) ?? [];
  if (pairs.length > 0 && pairs.length <= max_pairs) {
    const keys = widened(pairs, [last_id, ''] as const).map(([ref, one]) => [ofProject(ref), ofStatus(one)]);
    found.push({ keys, orders: ['created_at'], distinct });
  }
  if (assignee_id !== undefined) {
    const keys = each(assignee_id.map(holderOf), last_id, uuid(holder));
    found.push({ keys, orders: ['created_at', 'updated_at'] });
  }
  if (reporter_id !== undefined) {
    found.push({ keys: each(reporter_id, last_id, uuid(sql`t.reporter_id`)), orders: ['created_at'] });
  }
  if (project_id !== undefined)
    found.push({ keys: each(project_id, last_id, ofProject), orders: ['created_at', 'updated_at'], distinct });
  if (status !== undefined && project_id === undefined) {
    found.push({ keys: each(status, '', ofStatus), orders: ['created_at'] });
  }
  if (priority !== undefined) {
    found.push({ keys: each(priority, '', text(sql`t.priority`)), orders: ['created_at'] });
  }
  return found;
}

/** The id of a project that is named by id or key. */
function projectId(workspace_id: string, ref: string): Sql {
  const [id, key] = isUuid(ref) ? [ref, null] : [null, ref];
  // One text for both: of several projects each may be named either way. By `case`, as `holder` is, and not by `coalesce`.
  return sql`case when ${id}::uuid is null then (
    select k.id from projects k where k.workspace_id = ${workspace_id} and k.key = ${key}::text) else ${id}::uuid end`;
}

function ticketIndex(
  workspace_id: string,
  order: 'created_at' | 'updated_at',
  options: { keys?: Key[]; of_labels?: true | undefined; deleted: boolean },
): IndexWalk {
  const { keys = [], of_labels, deleted } = options;
  if (of_labels) {
    return {
      from: sql`ticket_labels l cross join lateral (
        select * from tickets i where i.workspace_id = ${workspace_id} and i.id = l.ticket_id limit 1) t`,
      where: sql`l.workspace_id = ${workspace_id}`,
      keys,
      at: sql`l.created_at`,
      id: sql`l.ticket_id`,
    };
  }
  // Spelt as the partial indexes have it. The index by project and status has the deleted tickets too.
  const presence = deleted ? sql`t.deleted_at is not null` : keys.length === 2 ? sql`true` : sql`t.deleted_at is null`;
  return {
    from: sql`tickets t`,
    where: sql`t.workspace_id = ${workspace_id} and ${presence}`,
    keys,
    at: times[order],
    id: sql`t.id`,
  };
}

/** The time of a ticket's last activity. */
function activityOf(workspace_id: string, ticket: { id: Sql; updated_at: Sql }): Sql {
  return sql`greatest(${ticket.updated_at}, (
    select max(k.created_at) from comments k where k.workspace_id = ${workspace_id} and k.ticket_id = ${ticket.id}))`;
}

/**
 * Tickets by their last activity, which is stored nowhere: the later of the ticket's own change and its last comment.
 * So a comment writes no ticket. Tickets in the order of their changes and comments in theirs are merged, and of each
 * ticket only the latest counts. `at` is what the list is ordered by, if not by that.
 */
function byActivity(list: TicketList, span: Span, at?: Sql): Source {
  const { workspace_id, descending } = list;
  const changed = ticketIndex(workspace_id, 'updated_at', { deleted: false });
  const commented: IndexWalk = {
    from: sql`comments o`,
    where: sql`o.workspace_id = ${workspace_id}`,
    keys: [],
    at: sql`o.created_at`,
    id: sql`o.ticket_id`,
  };
  const end = at === undefined ? ends.walked : ends.few;
  const both = { span, descending, end };
  const direction = descending ? sql`desc` : sql`asc`;
  const in_order = sql`order by m.at ${direction}, m.id ${direction}`;
  const merged = sql`
    select m.at, m.id from (
      (${walk(changed, { ...both, columns: sql`t.updated_at as at, t.id` })})
      union all
      (${walk(commented, { ...both, columns: sql`o.created_at as at, o.ticket_id as id` })})
    ) m ${in_order}`;
  const activity = activityOf(workspace_id, { id: sql`t.id`, updated_at: sql`t.updated_at` });
  return {
    // A ticket has several entries of one time where a step brought a comment, and they come in any order. A walk may
    // stop between them and the next page begins behind all of them, so the first stands for them all.
    rows: sql`
      select a.id as place, t.*, ${at ?? sql`a.at`} as at
      from (select distinct on (m.at, m.id) m.at, m.id from (${merged} ${end}) m ${in_order}) a
      cross join lateral (
        select * from tickets i where i.workspace_id = ${workspace_id} and i.id = a.id and i.deleted_at is null limit 1) t
      where a.at = ${activity}`,
    stop: sql`${merged} ${ends.stop}`,
    keys: 0,
    complete: at !== undefined,
  };
}

/** The ways to read a list, the narrowest first. Those that are complete serve only if their rows are few. */
export function sourcesOf(list: TicketList): Source[] {
  const { workspace_id, filter, descending, span } = list;
  const { created, updated, active, deleted } = filter;
  // A deleted ticket's last activity is its deletion.
  const order = deleted && list.order === 'last_activity_at' ? 'updated_at' : list.order;
  const by_activity = order === 'last_activity_at';
  const at = by_activity ? activityOf(workspace_id, { id: sql`t.id`, updated_at: sql`t.updated_at` }) : times[order];
  const whole = sql`t.*`;
  const columns = sql`${at} as at, ${whole}`;
  const few = (indexes: IndexWalk[], within: Span, distinct = false) =>
    allOf(indexes, { span: within, columns, distinct });
  const sources: Source[] = [];
  for (const { keys, orders, of_labels, distinct = false } of deleted ? [] : keyedIndexes(list)) {
    const kept = !by_activity && orders.includes(order);
    const indexes = keys.map((one) =>
      ticketIndex(workspace_id, kept ? order : 'created_at', { keys: one, of_labels, deleted }),
    );
    sources.push(
      kept ? merged(indexes, { span, descending, columns: whole, distinct }) : few(indexes, created, distinct),
    );
  }
  if (order !== 'created_at' && created !== everything) {
    sources.push(few([ticketIndex(workspace_id, 'created_at', { deleted })], created));
  }
  if (order !== 'updated_at' && updated !== everything) {
    sources.push(few([ticketIndex(workspace_id, 'updated_at', { deleted })], updated));
  }
  if (!deleted && !by_activity && active !== everything) sources.push(byActivity(list, active, at));
  if (sources.some(({ complete }) => !complete)) return sources;
  if (by_activity) return [...sources, byActivity(list, span)];
  return [...sources, inOrder(ticketIndex(workspace_id, order, { deleted }), { span, descending, columns: whole })];
}

const from_project = (workspace_id: string) => sql`cross join lateral (
  select key, workflow_version, archived_at from projects r
  where r.workspace_id = ${workspace_id} and r.id = c.project_id limit 1) p`;

const within = (at: Sql, { after, before }: Span) => sql`
  (${at}, c.id) > (${after.at}::timestamptz, ${after.id}::uuid)
  and (${at}, c.id) < (${before.at}::timestamptz, ${before.id}::uuid)`;

/** Every filter, given or not, so that all lists of one source are one text. */
function matches({ filter, workspace_id }: TicketList): Sql {
  const { project_id, status = null, reporter_id = null, priority = null, label = null } = filter;
  const { assignee_id, created, updated, active, deleted, archived } = filter;
  const holders = assignee_id?.map(holderOf) ?? null;
  const project_ids = project_id?.filter((ref) => isUuid(ref)) ?? null;
  const project_keys = project_id?.filter((ref) => !isUuid(ref)) ?? null;
  const activity = activityOf(workspace_id, { id: sql`c.id`, updated_at: sql`c.updated_at` });
  return sql`${deleted}::boolean = (c.deleted_at is not null)
    and case ${archived}::text when 'any' then true when 'true' then p.archived_at is not null
      else p.archived_at is null end
    and (${project_ids}::uuid[] is null or c.project_id = any (${project_ids}::uuid[])
      or p.key = any (${project_keys}::text[]))
    and (${status}::text[] is null or c.status = any (${status}::text[]))
    and (${holders}::uuid[] is null or coalesce(c.assignee_id, ${first_id}::uuid) = any (${holders}::uuid[]))
    and (${reporter_id}::uuid[] is null or c.reporter_id = any (${reporter_id}::uuid[]))
    and (${priority}::text[] is null or c.priority = any (${priority}::text[]))
    and (${label}::text[] is null or c.labels && ${label}::text[])
    and ${within(sql`c.created_at`, created)} and ${within(sql`c.updated_at`, updated)}
    and (${active === everything}::boolean or (${within(activity, active)}))`;
}

// The id is there already, as the place of the row.
const plain_columns: Column[] = Object.values<Sql>(without(short_columns, 'id')).map((name) => ({
  name,
  value: sql`c.${name}`,
}));

/** One page of a list, by one of its sources. */
export function ticketPage(list: TicketList, source: Source, options: { limit: number; description: boolean }): Sql {
  const { workspace_id, order, descending, span } = list;
  const by_activity = order === 'last_activity_at';
  const activity = activityOf(workspace_id, { id: sql`c.id`, updated_at: sql`c.updated_at` });
  const columns: Column[] = [
    ...plain_columns,
    { name: sql`key`, value: sql`p.key || '-' || c.number` },
    { name: sql`start`, value: sql`left(c.description, 400)` }, // of a long text no more is read than this
    { name: sql`last_activity_at`, value: by_activity ? sql`c.at` : activity },
    { name: sql`workflow_version`, value: sql`p.workflow_version` },
    { name: sql`project_archived_at`, value: sql`p.archived_at` },
  ];
  const text = { name: sql`description`, value: sql`c.description` };
  const page = pageOf(source, {
    columns: options.description ? [...columns, text] : columns,
    joins: from_project(workspace_id),
    filter: matches(list),
    span,
    descending,
    limit: options.limit,
  });
  if (!options.description) return page;
  const names = [sql`stopped`, sql`at`, sql`id`, ...columns.map(({ name }) => name), text.name];
  return withinBudget(page, names, longText(text.name));
}
