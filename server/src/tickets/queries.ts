import type { Actor, Writer } from '../access/authorize.ts';
import { assigned, type Columns, inserted, insertedFrom, later, selected, without } from '../db/columns.ts';
import { unnumberedOf } from '../audit/queries.ts';
import { inParts } from '../db/parts.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { longText, withinBudget } from '../db/walk.ts';
import type { KeysetPart } from '../http/cursor.ts';
import { isUuid, newId } from '../lib/ids.ts';
import { fromProject } from '../projects/queries.ts';
import { isLongText } from '../audit/record.ts';
import type { Ticket } from './contract.ts';
import type { Transition } from './history-contract.ts';
import { insertLabels, insertWords, insertWordsAndKey, replaceLabels, replaceWords } from './finding-queries.ts';
import { wordsOf } from './words.ts';

/** A ticket as it is stored, with the fields of its project that the rules need. */
export interface TicketRow extends Omit<Ticket, 'description' | 'status_category' | 'allowed_transitions'> {
  /** null if it is long and was not read. `descriptionOf` reads it. */
  description: string | null;
  workspace_id: string;
  status_sequence: number;
  workflow_version: number;
  project_archived_at: string | null;
}

/** The fields of a row that are computed or stored elsewhere. */
type Joined = 'key' | 'workflow_version' | 'project_archived_at' | 'last_activity_at' | 'rank';

/** Every column of a ticket. */
export const ticket_columns = {
  workspace_id: sql`workspace_id`,
  id: sql`id`,
  project_id: sql`project_id`,
  number: sql`number`,
  title: sql`title`,
  description: sql`description`,
  status: sql`status`,
  status_sequence: sql`status_sequence`,
  resolution: sql`resolution`,
  priority: sql`priority`,
  labels: sql`labels`,
  assignee_id: sql`assignee_id`,
  reporter_id: sql`reporter_id`,
  due_on: sql`due_on`,
  version: sql`version`,
  created_at: sql`created_at`,
  updated_at: sql`updated_at`,
  deleted_at: sql`deleted_at`,
} satisfies Columns<Exclude<keyof TicketRow, Joined>>;

/** The columns that are read of a ticket, without the description, which is read on request. The database computes the rank. */
export const short_columns = { ...without(ticket_columns, 'description'), rank: sql`rank` };

/** The rank that somebody has given a ticket, and when. The ticket's rank follows from it. */
const placed_columns = { placed_rank: sql`placed_rank`, placed_at: sql`placed_at` };

const columns = sql`
  ${selected(short_columns, sql`t`)}, p.key || '-' || t.number as key, p.workflow_version,
  p.archived_at as project_archived_at`;

/** The time of the last comment or change. It is not stored, so that a comment doesn't have to update the ticket. */
const activityOf = (workspace_id: string) => sql`greatest(t.updated_at, (
  select max(k.created_at) from comments k where k.workspace_id = ${workspace_id} and k.ticket_id = t.id))`;
const lastActivity = (workspace_id: string) => sql`${activityOf(workspace_id)} as last_activity_at`;

export const from_tickets = sql`
  from tickets t
  join projects p on p.workspace_id = t.workspace_id and p.id = t.project_id`;

/** The conditions that find one ticket by its id or its key. */
export function isTicket(workspace_id: string, ref: string): Sql {
  const here = sql`t.workspace_id = ${workspace_id} and p.workspace_id = ${workspace_id}`;
  if (isUuid(ref)) return sql`${here} and t.id = ${ref}`;
  const dash = ref.lastIndexOf('-');
  // Compared as bigint, so that a number beyond integer's range finds nothing instead of failing.
  return sql`${here} and p.key = ${ref.slice(0, dash)} and t.number = ${ref.slice(dash + 1)}::bigint`;
}

export function ticketByRef(
  db: Db,
  workspace_id: string,
  ref: string,
  options: { description: boolean },
): Promise<TicketRow | undefined> {
  const description = options.description ? sql`t.description` : sql`'' as description`;
  return db.maybeOne(sql`
    select ${columns}, ${description}, ${lastActivity(workspace_id)}
    ${from_tickets} where ${isTicket(workspace_id, ref)} and t.deleted_at is null`);
}

/** Returns a ticket's description, and reads it if it was not read before. */
export async function descriptionOf(db: Db, ticket: TicketRow): Promise<string> {
  if (ticket.description !== null) return ticket.description;
  const { workspace_id, id } = ticket;
  const row = await db.one<{ description: string }>(sql`
    select t.description from tickets t where t.workspace_id = ${workspace_id} and t.id = ${id}`);
  return row.description;
}

/** Returns a ticket's id alone, without reading its texts. */
export function ticketId(db: Db, workspace_id: string, ref: string): Promise<{ id: string } | undefined> {
  return db.maybeOne(sql`
    select t.id ${from_tickets} where ${isTicket(workspace_id, ref)} and t.deleted_at is null`);
}

export interface LockedTicket extends TicketRow {
  /**
   * The time of what is about to be written, whatever the clock says. A change is later than the ticket's last change, and a comment
   * also later than the last comment. So no comment gets its number before the ticket that it is about.
   */
  at: string;
}

// The lock of each kind of write. A comment locks the ticket only against deletion, a change locks its row, and a delete also
// blocks new comments: NO KEY UPDATE admits comments, whose foreign key takes KEY SHARE, and UPDATE does not.
const strengths = {
  comment: sql`for key share of t`,
  change: sql`for no key update of t`,
  place: sql`for no key update of t`,
  delete: sql`for update of t`,
};

export type Hold = keyof typeof strengths;

// A comment or a refused write does not need a megabyte of text. The size is known without reading it.
const short_description = sql`case when octet_length(t.description) <= 8192 then t.description end as description`;

/**
 * Loads a ticket and locks it until the commit. The project is locked first: KEY SHARE admits new tickets and changes of other
 * tickets, and makes only a change of the workflow, or archiving, wait. Placing a ticket makes other placements wait too:
 * otherwise two that read the same gap would be sorted by their numbers, and the later one would not stand where it was placed.
 */
export function lockTicket(
  tx: Tx,
  writer: Writer,
  ref: string,
  options: { hold: Hold; deleted: boolean },
): Promise<LockedTicket | undefined> {
  const presence = options.deleted ? sql`true` : sql`t.deleted_at is null`;
  const last = options.hold === 'comment' ? activityOf(writer.workspace_id) : sql`greatest(t.updated_at, t.placed_at)`;
  return tx.maybeOne(sql`
    select ${columns}, ${short_description}, ${lastActivity(writer.workspace_id)}, ${later(last)} as at
    ${from_tickets}
    where ${isTicket(writer.workspace_id, ref)} and ${presence} and ${writer.mayAct()}
    ${options.hold === 'place' ? sql`for no key update of p` : sql`for key share of p`} ${strengths[options.hold]}`);
}

/** The ids of these tickets, deleted ones included. An id or a key always means the same ticket. */
function idsOf(workspace_id: string, refs: readonly string[]): Sql {
  const keys = refs.filter((ref) => !isUuid(ref)).map((ref) => ref.split('-'));
  return sql`array(
    select r.id from unnest(${refs.filter(isUuid)}::uuid[]) r (id)
    union all
    select s.id from unnest(${keys.map(([key]) => key)}::text[], ${keys.map(([, number]) => number)}::bigint[]) r (key, number)
    join projects q on q.workspace_id = ${workspace_id} and q.key = r.key
    join tickets s on s.workspace_id = ${workspace_id} and s.project_id = q.id and s.number = r.number)`;
}

/** Does what `lockTicket` does for several tickets, deleted ones included, in the order of their ids, which prevents deadlocks. */
export function lockTickets(
  tx: Tx,
  writer: Writer,
  refs: readonly string[],
  hold: Exclude<Hold, 'comment' | 'place'>,
): Promise<LockedTicket[]> {
  const { workspace_id } = writer;
  return tx.rows(sql`
    select ${columns}, ${short_description}, ${lastActivity(workspace_id)},
      ${later(sql`greatest(t.updated_at, t.placed_at)`)} as at
    ${from_tickets}
    where t.workspace_id = ${workspace_id} and p.workspace_id = ${workspace_id}
      and t.id = any (${idsOf(workspace_id, refs)}) and ${writer.mayAct()}
    order by t.id
    for key share of p ${strengths[hold]}`);
}

/** Returns those of these users who are members, locked as by `lockAssignable`, in the order of their ids. */
export async function lockAssignables(tx: Tx, writer: Writer, user_ids: readonly string[]): Promise<string[]> {
  if (user_ids.length === 0) return [];
  const rows = await tx.rows<{ user_id: string }>(sql`
    select a.user_id from memberships a
    where a.workspace_id = ${writer.workspace_id} and a.user_id = any (${user_ids}::uuid[]) and a.removed_at is null
      and ${writer.mayAct()}
    order by a.user_id
    for key share of a`);
  return rows.map(({ user_id }) => user_id);
}

/** Returns whether the user is a member, locked until the commit, so that a removal waits for the assignment or the reverse. */
export async function lockAssignable(tx: Tx, writer: Writer, user_id: string): Promise<boolean> {
  const found = await tx.maybeOne(sql`
    select 1 from memberships a
    where a.workspace_id = ${writer.workspace_id} and a.user_id = ${user_id} and a.removed_at is null and ${writer.mayAct()}
    for key share of a`);
  return found !== undefined;
}

const created_columns = { ...ticket_columns, ...placed_columns, initial_status: sql`initial_status` };

/** A ticket that isn't stored yet, with its description, however long. `placed`: its rank doesn't follow from its number. */
export type NewTicket = TicketRow & { description: string; placed: boolean };

/** Inserts a ticket: with its number, or with the last one of the project, which the transaction has just taken. */
export function insertTicket(tx: Tx, row: NewTicket, number: 'known' | 'just taken'): void {
  const place = row.placed ? placedAt(row.rank, row.created_at) : { placed_rank: null, placed_at: null };
  const values = { ...row, ...place, initial_status: row.status };
  tx.send(
    sql`insert into tickets ${
      number === 'known'
        ? inserted(created_columns, values)
        : insertedFrom(
            created_columns,
            { ...values, number: sql`p.last_number` },
            fromProject(row.workspace_id, row.project_id),
          )
    }`,
  );
  if (row.labels.length > 0) insertLabels(tx, row);
  if (number === 'known') insertWords(tx, row, wordsOf(row));
  else insertWordsAndKey(tx, row);
}

/** Stores the description that a version is about to replace, once. The audit log contains only its size and hash. */
function keepDescription(tx: Tx, { workspace_id, id }: TicketRow, version: number): void {
  tx.send(sql`
    insert into ticket_texts (workspace_id, ticket_id, version, description)
    select t.workspace_id, t.id, ${version}::integer, t.description from tickets t
    where t.workspace_id = ${workspace_id} and t.id = ${id}`);
}

/** The fields of a ticket that never change. */
type Fixed = 'workspace_id' | 'id' | 'project_id' | 'number' | 'reporter_id' | 'created_at';

/** The fields of a ticket that may change, apart from its version and time, which always do. */
export type TicketChanges = Partial<Omit<TicketRow, Fixed | Exclude<Joined, 'rank'> | 'version' | 'updated_at'>>;

const placedAt = (rank: string, at: string) => ({ placed_rank: rank, placed_at: at });
const changed_columns = { ...ticket_columns, ...placed_columns };

/**
 * Changes a ticket that the transaction has locked, and returns the changed ticket. Only the changed columns are
 * written, so that a transition doesn't send a megabyte of description.
 */
export function updateTicket(tx: Tx, ticket: LockedTicket, changes: TicketChanges): LockedTicket {
  const version = ticket.version + 1;
  if (changes.description !== undefined && isLong(ticket.description)) keepDescription(tx, ticket, version);
  const { rank, ...fields } = changes;
  const place = rank === undefined ? {} : placedAt(rank, ticket.at);
  tx.send(sql`
    update tickets set ${assigned(changed_columns, { ...fields, ...place, version, updated_at: ticket.at })}
    where workspace_id = ${ticket.workspace_id} and id = ${ticket.id}`);
  const last_activity_at = ticket.last_activity_at > ticket.at ? ticket.last_activity_at : ticket.at;
  const after = { ...ticket, ...changes, version, updated_at: ticket.at, last_activity_at };
  if (changes.labels !== undefined) replaceLabels(tx, after);
  if (changes.title !== undefined) replaceWords(tx, ticket, after);
  return after;
}

/** Whether the audit log stores a text separately. A text that wasn't read is long. */
function isLong(text: string | null): boolean {
  return text === null || isLongText(text);
}

/** Erases these fields of a locked ticket from the audit log, and records that as a version of the ticket. */
export async function purgeTexts(tx: Tx, actor: Actor, { id, version }: LockedTicket, fields: string[]): Promise<void> {
  tx.send(sql`
    select purge_ticket(${id}, ${fields}, ${actor.user_id}, ${newId()}, ${actor.request_id})`);
  await inParts(version, (first, last) =>
    tx.rows(sql`select purge_ticket_entries(${id}, ${fields}, ${first}, ${last})`),
  );
}

export interface TransitionRow extends Omit<Transition, 'comment'> {
  workspace_id: string;
  project_id: string;
  workflow_version: number;
}

/** Every column of the status history. */
export const transition_columns = {
  workspace_id: sql`workspace_id`,
  id: sql`id`,
  ticket_id: sql`ticket_id`,
  sequence: sql`sequence`,
  project_id: sql`project_id`,
  workflow_version: sql`workflow_version`,
  from_status: sql`from_status`,
  to_status: sql`to_status`,
  resolution: sql`resolution`,
  comment_id: sql`comment_id`,
  actor_id: sql`actor_id`,
  remapped: sql`remapped`,
  created_at: sql`created_at`,
} satisfies Columns<keyof TransitionRow>;

/** The columns of the status history that are shown. */
export const shown_transition = without(transition_columns, 'workspace_id', 'project_id', 'workflow_version');

export function insertTransition(tx: Tx, row: TransitionRow): void {
  tx.send(sql`insert into status_history ${inserted(transition_columns, row)}`);
}

const of_transition = sql`${selected(shown_transition, sql`h`)}, nullif(c.body, '') as comment`;
const withComment = (workspace_id: string) => sql`
    left join comments c
      on c.workspace_id = ${workspace_id} and c.ticket_id = h.ticket_id and c.id = h.comment_id`;

/** Returns one transition of a ticket that is not deleted, by its number. */
export function transitionOf(
  db: Db,
  workspace_id: string,
  ref: string,
  sequence: number,
): Promise<Transition | undefined> {
  return db.maybeOne(sql`
    select ${of_transition} ${from_tickets}
    join status_history h on h.workspace_id = ${workspace_id} and h.ticket_id = t.id and h.sequence = ${sequence}
    ${withComment(workspace_id)}
    where ${isTicket(workspace_id, ref)} and t.deleted_at is null`);
}

/** Returns a page of the ticket's status history. */
export function transitionsOf(
  db: Db,
  workspace_id: string,
  ticket_id: string,
  part: KeysetPart,
): Promise<Transition[]> {
  const page = sql`
    select ${of_transition} from status_history h
    ${withComment(workspace_id)}
    where h.workspace_id = ${workspace_id} and h.ticket_id = ${ticket_id} and ${part.after}
    ${part.order_and_limit}`;
  return db.rows(withinBudget(page, [...Object.values(shown_transition), sql`comment`], longText(sql`comment`)));
}

/** Returns those of the fields that changed after a version, each with its value in that version, and who changed it last and when. */
export function changedSince(
  db: Db,
  ticket: Pick<TicketRow, 'workspace_id' | 'id'>,
  version: number,
  fields: readonly string[],
): Promise<{ field: string; version: number; base: unknown; by: string; at: string }[]> {
  const { workspace_id, id } = ticket;
  const oneChange = (order: Sql) => (from: Sql, of_ticket: Sql) =>
    sql`
    (select a.subject_version as version, a.before -> f.field as base, a.actor_id as by, a.created_at as at from ${from} a
      where a.workspace_id = ${workspace_id} and ${of_ticket} and a.subject_type = 'ticket'
        and a.subject_version > ${version} and a.after ? f.field
      order by a.subject_version ${order} limit 1)`;
  const change = (order: Sql) => sql`
    cross join lateral (
      select * from (
        ${oneChange(order)(sql`events`, sql`a.subject_id = ${id}`)}
        union all
        ${oneChange(order)(sql`outbox`, unnumberedOf(id))}) e
      order by e.version ${order} limit 1)`;
  return db.rows(sql`
    select f.field, a.version, coalesce(to_jsonb(x.description), a.base) as base, l.by, l.at
    from unnest(${fields}::text[]) f (field)
    ${change(sql`asc`)} a
    ${change(sql`desc`)} l
    left join ticket_texts x
      on x.workspace_id = ${workspace_id} and x.ticket_id = ${id} and x.version = a.version and f.field = 'description'`);
}
