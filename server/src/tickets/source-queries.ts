import { type Sql, sql } from '../db/sql.ts';
import {
  allOf,
  type Ends,
  ends,
  everything,
  first_id,
  type IndexWalk,
  inOrder,
  last_id,
  merged,
  type Source,
  type Span,
  walk,
  widened,
} from '../db/walk.ts';
import { isUuid } from '../lib/ids.ts';
import { at_type_of, type TicketList } from './list-filter.ts';
import { startOf } from './words.ts';

// Where the rows of a list come from (docs/decisions, 19).

const columns_of = {
  created_at: sql`t.created_at`,
  updated_at: sql`t.updated_at`,
  rank: sql`t.rank`,
  due_on: sql`t.due_on`,
};
type Indexed = keyof typeof columns_of;
// Spelt as the indexes have it. `coalesce` would be equivalent, but with row-level security no index can be searched by it.
const holder = sql`case when t.assignee_id is null then '00000000-0000-0000-0000-000000000000'::uuid
  else t.assignee_id end`;
export const holderOf = (assignee_id: string | null) => assignee_id ?? first_id;

type Key = IndexWalk['keys'][number];

interface Keyed {
  /** The values of the index's first columns: one walk for each of these. */
  keys: Key[][];
  orders: Indexed[];
  of_labels?: true;
  /** Whether a ticket may have several of the keys. */
  distinct?: boolean;
}

/** Sorts after every continuation of a text. */
const last_character = '\u{10ffff}';

/** Planning more walks than this would cost more than reading the rows of the projects. */
const max_pairs = 10;

/** Returns the indexes for a filter's equalities, narrowest first, each with the orders that it has. */
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
    found.push({ keys, orders: ['created_at', 'rank'], distinct });
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

/** The id of a project, named by id or key. */
function projectId(workspace_id: string, ref: string): Sql {
  const [id, key] = isUuid(ref) ? [ref, null] : [null, ref];
  // One statement serves both, since each of several projects may be named either way. It uses `case` as `holder` does.
  return sql`case when ${id}::uuid is null then (
    select k.id from projects k where k.workspace_id = ${workspace_id} and k.key = ${key}::text) else ${id}::uuid end`;
}

function ticketIndex(
  workspace_id: string,
  order: Indexed,
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
  // Spelt as the partial indexes have it. The index by project, status and creation has the deleted tickets too.
  const has_deleted = keys.length === 2 && order === 'created_at';
  const presence = deleted ? sql`t.deleted_at is not null` : has_deleted ? sql`true` : sql`t.deleted_at is null`;
  const is_due = order === 'due_on' ? sql`and t.due_on is not null` : sql``;
  return {
    from: sql`tickets t`,
    where: sql`t.workspace_id = ${workspace_id} and ${presence} ${is_due}`,
    keys,
    at: columns_of[order],
    at_type: at_type_of[order],
    id: sql`t.id`,
  };
}

/** The time of a ticket's last change or comment. */
export function activityOf(workspace_id: string, ticket: { id: Sql; updated_at: Sql }): Sql {
  return sql`greatest(${ticket.updated_at}, (
    select max(k.created_at) from comments k where k.workspace_id = ${workspace_id} and k.ticket_id = ${ticket.id}))`;
}

/**
 * Reads tickets by their last activity: the later of their last change and their last comment. It is not stored, so that a
 * comment doesn't have to update the ticket. Tickets in the order of their changes are merged with comments in theirs, and only
 * the latest entry of each ticket counts. `at` is the order of the list, if it is another one.
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
    // A transition with a comment gives a ticket several entries of one time, in no particular order. A walk may stop between
    // them, and the next page begins after all of them, so the first one stands for all.
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

/** Reads the tickets with a word that starts with a text. They come in the order of words, so this is usable only for few tickets. */
function byWord({ workspace_id }: TicketList, start: string, columns: Sql, until: Ends): Source {
  const words = (end: Sql) => sql`
    select w.word, w.ticket_id from ticket_words w
    where w.workspace_id = ${workspace_id} and w.word >= ${start}::text and w.word < ${start + last_character}::text
    order by w.workspace_id, w.word, w.ticket_id ${end}`;
  return {
    rows: sql`
      select ${columns} from (select distinct w.ticket_id from (${words(until.few)}) w) w
      cross join lateral (
        select * from tickets i where i.workspace_id = ${workspace_id} and i.id = w.ticket_id limit 1) t`,
    stop: sql`select w.word as at, w.ticket_id as id from (${words(until.stop)}) w`,
    keys: 0,
    complete: true,
  };
}

/** Reads the tickets with these ids. */
function byIds({ workspace_id }: TicketList, ids: readonly string[], columns: Sql): Source {
  const each = sql`
    select ${columns} from unnest(${ids}::uuid[]) g (id)
    cross join lateral (select * from tickets i where i.workspace_id = ${workspace_id} and i.id = g.id limit 1) t`;
  return { rows: each, stop: sql`select null as at, null as id limit 0`, keys: 0, complete: true };
}

/** Returns the sources that a list can be read from, narrowest first. A complete one is usable only if its rows are few. */
export function sourcesOf(list: TicketList, until: Ends = ends): Source[] {
  const { workspace_id, filter, descending, span } = list;
  const { created, updated, active, due, deleted, ids, words = [] } = filter;
  // A deleted ticket's last activity is its deletion.
  const order = deleted && list.order === 'last_activity_at' ? 'updated_at' : list.order;
  const by_activity = order === 'last_activity_at';
  const at = by_activity
    ? activityOf(workspace_id, { id: sql`t.id`, updated_at: sql`t.updated_at` })
    : columns_of[order];
  const whole = sql`t.*`;
  const columns = sql`${at} as at, ${whole}`;
  const few = (indexes: IndexWalk[], within: Span, distinct = false) =>
    allOf(indexes, { span: within, columns, distinct, until });
  if (ids !== undefined) return [byIds(list, ids, columns)];
  const sources: Source[] = words.flatMap((word) => {
    const start = startOf(word);
    return start === undefined ? [] : [byWord(list, start, columns, until)];
  });
  for (const { keys, orders, of_labels, distinct = false } of deleted ? [] : keyedIndexes(list)) {
    const kept = !by_activity && orders.some((one) => one === order);
    const indexes = keys.map((one) =>
      ticketIndex(workspace_id, kept ? order : 'created_at', { keys: one, of_labels, deleted }),
    );
    sources.push(
      kept ? merged(indexes, { span, descending, columns: whole, distinct, until }) : few(indexes, created, distinct),
    );
  }
  if (order !== 'created_at' && created !== everything) {
    sources.push(few([ticketIndex(workspace_id, 'created_at', { deleted })], created));
  }
  if (order !== 'updated_at' && updated !== everything) {
    sources.push(few([ticketIndex(workspace_id, 'updated_at', { deleted })], updated));
  }
  if (!deleted && order !== 'due_on' && due !== everything) {
    sources.push(few([ticketIndex(workspace_id, 'due_on', { deleted })], due));
  }
  if (!deleted && !by_activity && active !== everything) sources.push(byActivity(list, active, at));
  if (sources.some(({ complete }) => !complete)) return sources;
  if (by_activity) return [...sources, byActivity(list, span)];
  return [
    ...sources,
    inOrder(ticketIndex(workspace_id, order, { deleted }), { span, descending, columns: whole, until }),
  ];
}
