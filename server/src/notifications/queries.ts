import { type Columns, selected } from '../db/columns.ts';
import { type Sql, sql, unprepared } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import {
  type Column,
  ends,
  everything,
  inOrder,
  type IndexWalk,
  named,
  pageOf,
  type Position,
  type Span,
  walk,
} from '../db/walk.ts';
import { countUpTo } from '../quotas/queries.ts';
import { type folders, type Kind, max_counted, max_marked, type Notification } from './contract.ts';

/** The member whose notifications they are. */
export interface Owner {
  workspace_id: string;
  user_id: string;
}

/** A notification as it is read from the database, with a longer start of the comment than the API returns. */
export type NotificationRow = Omit<Notification, 'comment_excerpt'> & { comment_start: string | null };

type Folder = (typeof folders)[number];

const is_back = sql`(c.snoozed_until is null or c.snoozed_until <= now())`;

/** For each folder, the condition of its index, and the filter for the index's rows. */
const in_folder: Record<Folder, { index: Sql; filter: Sql }> = {
  inbox: { index: sql`n.archived_at is null`, filter: is_back },
  unread: { index: sql`n.archived_at is null and n.read_at is null`, filter: is_back },
  snoozed: { index: sql`n.archived_at is null`, filter: sql`c.snoozed_until > now()` },
  archived: { index: sql`true`, filter: sql`c.archived_at is not null` },
  all: { index: sql`true`, filter: sql`true` },
};

/** The fields of a notification that are stored with what it is about. */
type Elsewhere =
  | 'ticket_key'
  | 'ticket_title'
  | 'project_id'
  | 'webhook_origin'
  | 'webhook_description'
  | 'stop_reason'
  | 'from_status'
  | 'to_status'
  | 'comment_start';

/** The columns of a notification that are read: those that are returned, and those for finding what it is about. */
const stored = {
  id: sql`id`,
  joined: sql`joined`,
  kinds: sql`kinds`,
  ticket_id: sql`ticket_id`,
  webhook_id: sql`webhook_id`,
  comment_id: sql`comment_id`,
  actor_id: sql`actor_id`,
  sequence: sql`sequence`,
  happened_at: sql`happened_at`,
  created_at: sql`created_at`,
  read_at: sql`read_at`,
  archived_at: sql`archived_at`,
  snoozed_until: sql`snoozed_until`,
} satisfies Columns<Exclude<keyof NotificationRow, Elsewhere> | 'joined' | 'sequence'>;

/**
 * Joins what a notification `c` is about: a ticket that is not deleted, or a webhook that is not deleted and that the
 * member may see. A notification contains no copies, so that a deleted or purged text is gone from it, too. Each is
 * looked up by itself, like events (feed/queries.ts).
 */
const about = ({ workspace_id, user_id }: Owner): Sql => sql`
  cross join lateral (
    select m.role from memberships m where m.workspace_id = ${workspace_id} and m.user_id = ${user_id} and m.joined = c.joined
      and m.removed_at is null limit 1) m
  cross join lateral (
    (select t.project_id, t.number, t.title, null::text as url, null::text as description from tickets t
    where t.workspace_id = ${workspace_id} and t.id = c.ticket_id and t.deleted_at is null limit 1)
    union all
    (select null, null, null, w.url, w.description from webhooks w
    where w.workspace_id = ${workspace_id} and w.id = c.webhook_id and w.deleted_at is null and may_see_webhooks(m.role) limit 1)) t
  left join lateral (
    select p.key from projects p where p.workspace_id = ${workspace_id} and p.id = t.project_id limit 1) p on true
  left join lateral (
    select left(o.body, 400) as start from comments o
    where o.workspace_id = ${workspace_id} and o.ticket_id = c.ticket_id and o.id = c.comment_id and o.deleted_at is null limit 1) o on true
  left join lateral (
    select e.before ->> 'status' as from_status, e.after ->> 'status' as to_status, e.after ->> 'reason' as stop_reason from events e
    where e.workspace_id = ${workspace_id} and e.sequence = c.sequence
      and e.action in ('ticket.transitioned', 'webhook.paused', 'webhook.disabled') limit 1) e on true`;

const own = (name: Sql): Column => ({ name, value: sql`c.${name}` });

const shown = {
  kinds: own(stored.kinds),
  ticket_id: own(stored.ticket_id),
  ticket_key: { name: sql`ticket_key`, value: sql`p.key || '-' || t.number` },
  ticket_title: { name: sql`ticket_title`, value: sql`t.title` },
  project_id: { name: sql`project_id`, value: sql`t.project_id` },
  webhook_id: own(stored.webhook_id),
  // Only the origin of the address, as in the audit log (webhooks/fact.ts): the rest may be a secret.
  webhook_origin: { name: sql`webhook_origin`, value: sql`substring(t.url from '^[a-z]+://[^/?#]+')` },
  webhook_description: { name: sql`webhook_description`, value: sql`t.description` },
  stop_reason: { name: sql`stop_reason`, value: sql`e.stop_reason` },
  actor_id: own(stored.actor_id),
  from_status: { name: sql`from_status`, value: sql`e.from_status` },
  to_status: { name: sql`to_status`, value: sql`e.to_status` },
  comment_id: own(stored.comment_id),
  comment_start: { name: sql`comment_start`, value: sql`o.start` },
  happened_at: own(stored.happened_at),
  created_at: own(stored.created_at),
  read_at: own(stored.read_at),
  archived_at: own(stored.archived_at),
  snoozed_until: own(stored.snoozed_until),
} satisfies Record<Exclude<keyof NotificationRow, 'id'>, Column>;

const columns = named(Object.values(shown));
const width = Object.keys(shown).length;

const walked = ({ workspace_id, user_id }: Owner, condition: Sql): IndexWalk => ({
  from: sql`notifications n`,
  where: sql`n.workspace_id = ${workspace_id} and ${condition}`,
  keys: [{ column: sql`n.user_id`, value: sql`${user_id}::uuid` }],
  at: sql`n.created_at`,
  id: sql`n.id`,
});

/** Returns one page of a folder, latest first. A row with `stopped` marks where the search stopped early. */
export function notificationsOf(
  db: Db,
  owner: Owner,
  { folder, kind = null }: { folder: Folder; kind?: readonly Kind[] | null | undefined },
  { span, limit }: { span: Span; limit: number },
): Promise<(NotificationRow & Position)[]> {
  const { index, filter } = in_folder[folder];
  const source = inOrder(walked(owner, index), { span, descending: true, columns: selected(stored, sql`n`) });
  const asked = sql`${filter} and (${kind}::text[] is null or c.kinds && ${kind}::text[])`;
  return db.rows(pageOf(source, { columns, width, joins: about(owner), filter: asked, span, descending: true, limit }));
}

export function notificationById(db: Db, owner: Owner, id: string): Promise<NotificationRow | undefined> {
  const { workspace_id, user_id } = owner;
  return db.maybeOne(sql`
    select c.id, ${columns}
    from notifications c ${about(owner)}
    where c.workspace_id = ${workspace_id} and c.user_id = ${user_id} and c.id = ${id}`);
}

/** Returns whether the notification is the member's, even if what it is about was deleted. */
export async function hasNotification(db: Db, { workspace_id, user_id }: Owner, id: string): Promise<boolean> {
  const found = await db.maybeOne(sql`
    select 1 from notifications n where n.workspace_id = ${workspace_id} and n.user_id = ${user_id} and n.id = ${id}`);
  return found !== undefined;
}

/**
 * Joins what a notification `c` needs to be shown: what it is about, and
 * its receiver's membership. Each is looked up by itself.
 */
const is_shown = ({ workspace_id, user_id }: Owner): Sql => sql`
  join (
    select m.joined, m.role from memberships m where m.workspace_id = ${workspace_id} and m.user_id = ${user_id}
      and m.removed_at is null limit 1) m on m.joined = c.joined
  cross join lateral (
    (select 1 from tickets t
    where t.workspace_id = ${workspace_id} and t.id = c.ticket_id and t.deleted_at is null limit 1)
    union all
    (select 1 from webhooks w
    where w.workspace_id = ${workspace_id} and w.id = c.webhook_id and w.deleted_at is null and may_see_webhooks(m.role) limit 1)) t`;

/** Counts those of the latest 2,000 unread notifications that are in the inbox, up to `max_counted`. */
export function countUnread(db: Db, owner: Owner): Promise<number> {
  const { index } = in_folder.unread;
  const latest = { span: everything, descending: true, columns: sql`n.*`, end: ends.walked };
  const rows = sql`select 1 from (${walk(walked(owner, index), latest)}) c ${is_shown(owner)} where ${is_back}`;
  return countUpTo(db, max_counted, rows);
}

/** The marks of a notification to change. Marks that are not given stay as they are. */
export interface Marks {
  read?: boolean | undefined;
  archived?: boolean | undefined;
  snoozed_until?: string | null | undefined;
}

/** Marks a notification. A mark that it already has keeps its time. */
export function markNotification(tx: Tx, { workspace_id, user_id }: Owner, id: string, marks: Marks): void {
  const { read = null, archived = null, snoozed_until = null } = marks;
  const snoozes = marks.snoozed_until !== undefined;
  tx.send(sql`
    update notifications set
      read_at = case when ${read}::boolean then coalesce(read_at, now()) when not ${read}::boolean then null
        when ${snoozed_until}::timestamptz is not null then null else read_at end, -- it comes back unread
      archived_at = case when ${archived}::boolean then coalesce(archived_at, now())
        when not ${archived}::boolean or ${snoozed_until}::timestamptz is not null then null else archived_at end,
      snoozed_until = case when ${snoozes}::boolean then ${snoozed_until}::timestamptz else snoozed_until end
    where workspace_id = ${workspace_id} and user_id = ${user_id} and id = ${id}`);
}

/** The number of marked notifications, and the latest unread one that was not covered any more; null if all were. */
export interface Marked {
  marked: number;
  next_up_to: string | null;
}

/**
 * Marks a notification and earlier unread ones as read, up to `max_marked`. It includes those of deleted tickets, which
 * nobody sees and which every later call would have to read again. Rows are locked in the order in which a mail locks
 * them, so that the two can't deadlock.
 */
export function markRead(
  tx: Tx,
  { workspace_id, user_id }: Owner,
  { up_to, ticket_id }: { up_to: string; ticket_id: string | null },
): Promise<Marked> {
  const marking = sql`
    with walked as (
      select n.id, n.ticket_id, n.snoozed_until, n.created_at, row_number() over (order by n.created_at desc, n.id desc) as place
      from (
        select n.id, n.ticket_id, n.snoozed_until, n.created_at from notifications n
        where n.workspace_id = ${workspace_id} and n.user_id = ${user_id} and n.read_at is null and n.archived_at is null
          and (n.created_at, n.id) <= (
            select u.created_at, u.id from notifications u
            where u.workspace_id = ${workspace_id} and u.user_id = ${user_id} and u.id = ${up_to})
        order by n.created_at desc, n.id desc limit ${max_marked + 1}) n),
    locked as (
      select n.id from notifications n
      where n.workspace_id = ${workspace_id} and n.user_id = ${user_id} and n.read_at is null and n.id = any (array(
        select c.id from walked c
        where c.place <= ${max_marked} and (${ticket_id}::uuid is null or c.ticket_id = ${ticket_id}::uuid) and ${is_back}))
      order by n.created_at, n.id for no key update of n),
    marked as (
      update notifications n set read_at = now() from locked l
      where n.workspace_id = ${workspace_id} and n.user_id = ${user_id} and n.id = l.id returning 1)
    select (select count(*)::integer from marked) as marked, (select c.id from walked c where c.place > ${max_marked}) as next_up_to`;
  // With a generic plan, PostgreSQL 16 walks the index of all workspaces.
  return tx.one(unprepared(marking));
}
