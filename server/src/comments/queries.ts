import type { Actor, Writer } from '../access/authorize.ts';
import {
  assigned,
  type Columns,
  inserted,
  insertedFrom,
  later,
  type Locked,
  selected,
  without,
} from '../db/columns.ts';
import { inParts } from '../db/parts.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { longText, withinBudget } from '../db/walk.ts';
import type { KeysetPart } from '../http/cursor.ts';
import { newId } from '../lib/ids.ts';
import { from_tickets, isTicket } from '../tickets/queries.ts';
import type { Comment, CommentRevision } from './contract.ts';
import { deleteReactions, type Reader, reactionsOf } from './reaction-queries.ts';

/** A comment as it is stored. */
type CommentRow = Omit<Comment, 'reactions'>;

/** Every column of a comment, except its workspace's id. */
const comment_columns = {
  id: sql`id`,
  ticket_id: sql`ticket_id`,
  author_id: sql`author_id`,
  body: sql`body`,
  mentions: sql`mentions`,
  version: sql`version`,
  created_at: sql`created_at`,
  edited_at: sql`edited_at`,
  deleted_at: sql`deleted_at`,
  deleted_by: sql`deleted_by`,
  purged_at: sql`purged_at`,
} satisfies Columns<keyof CommentRow>;

const columns = selected(comment_columns, sql`c`);
const short_columns = selected(without(comment_columns, 'body'), sql`c`);
const stored_columns = { ...comment_columns, workspace_id: sql`workspace_id` };

/** Inserts a new comment, and returns it. */
export function insertComment(
  tx: Tx,
  workspace_id: string,
  created: Pick<Comment, 'id' | 'ticket_id' | 'author_id' | 'body' | 'mentions' | 'created_at'>,
): Comment {
  const comment = { ...created, version: 1, edited_at: null, deleted_at: null, deleted_by: null, purged_at: null };
  tx.send(sql`insert into comments ${inserted(stored_columns, { ...comment, workspace_id })}`);
  return { ...comment, reactions: [] };
}

/** The text may be a megabyte long; twenty emoji take two kilobytes. */
const text_and_reactions = {
  columns: [comment_columns.body],
  json_bytes: sql`${longText(comment_columns.body).json_bytes} + octet_length(q.reactions::text)`,
};

/** Returns a page of a ticket's comments with their reactions, in one statement. */
export function commentsOf(db: Db, reader: Reader, ticket_id: string, part: KeysetPart): Promise<Comment[]> {
  const page = sql`
    select ${columns}, ${reactionsOf(reader)}
    from comments c
    where c.workspace_id = ${reader.workspace_id} and c.ticket_id = ${ticket_id} and ${part.after}
    ${part.order_and_limit}`;
  return db.rows(withinBudget(page, [...Object.values(comment_columns), sql`reactions`], text_and_reactions));
}

/** Returns a comment of a ticket that is not deleted. */
export function commentByRef(db: Db, reader: Reader, ref: string, id: string): Promise<Comment | undefined> {
  const { workspace_id } = reader;
  return db.maybeOne(sql`
    select ${columns}, ${reactionsOf(reader)} ${from_tickets}
    join comments c on c.workspace_id = ${workspace_id} and c.ticket_id = t.id and c.id = ${id}
    where ${isTicket(workspace_id, ref)} and t.deleted_at is null`);
}

export interface CommentPlace {
  ticket_id: string;
  id: string;
}

/** Returns the ids of such a comment and its ticket, without reading its text. */
export function commentPlace(db: Db, workspace_id: string, ref: string, id: string): Promise<CommentPlace | undefined> {
  return db.maybeOne(sql`
    select c.ticket_id, c.id ${from_tickets}
    join comments c on c.workspace_id = ${workspace_id} and c.ticket_id = t.id and c.id = ${id}
    where ${isTicket(workspace_id, ref)} and t.deleted_at is null`);
}

/** A comment, with the time of the change about to be written. It is later than the last change and the last reaction. */
export type LockedComment = Locked<Comment>;

/** Locks a comment until the commit, and returns it without its text, which may be a megabyte. Its ticket is locked before it. */
export function lockComment(
  tx: Tx,
  writer: Writer,
  at: { ticket: string; comment_id: string },
  options: { deleted: boolean },
): Promise<Locked<Omit<CommentRow, 'body'>> | undefined> {
  const { workspace_id } = writer;
  const presence = options.deleted ? sql`true` : sql`t.deleted_at is null`;
  return tx.maybeOne(sql`
    select ${short_columns}, ${later(sql`coalesce(c.edited_at, c.created_at)`)} as at
    ${from_tickets}
    join comments c on c.workspace_id = ${workspace_id} and c.ticket_id = t.id and c.id = ${at.comment_id}
    where ${isTicket(workspace_id, at.ticket)} and ${presence} and ${writer.mayAct()}
    for no key update of c`);
}

/** Returns the text of the caller's own comment. The statement follows the one that locks it, and so reads the latest text. */
export async function textOf(tx: Tx, writer: Writer, at: { ticket: string; comment_id: string }): Promise<string> {
  const { workspace_id } = writer;
  const row = await tx.maybeOne<{ body: string }>(sql`
    select c.body ${from_tickets}
    join comments c on c.workspace_id = ${workspace_id} and c.ticket_id = t.id and c.id = ${at.comment_id}
    where ${isTicket(workspace_id, at.ticket)} and c.author_id = ${writer.user_id} and ${writer.mayAct()}`);
  return row?.body ?? '';
}

/** The fields that a change of a comment sets. The version before is stored as a revision. */
export type CommentChanges = Pick<Comment, 'body' | 'mentions' | 'edited_at' | 'deleted_at' | 'deleted_by'>;

/** The columns of an earlier text that are shown. */
const revision_columns = {
  version: sql`version`,
  author_id: sql`author_id`,
  body: sql`body`,
  created_at: sql`created_at`,
} satisfies Columns<keyof CommentRevision>;

const kept_columns = {
  workspace_id: sql`workspace_id`,
  ticket_id: sql`ticket_id`,
  comment_id: sql`comment_id`,
  ...revision_columns,
};

/** The revision of a comment `c` that is about to change. */
const revision = {
  workspace_id: sql`c.workspace_id`,
  ticket_id: sql`c.ticket_id`,
  comment_id: sql`c.id`,
  version: sql`c.version`,
  author_id: sql`c.author_id`,
  body: sql`c.body`,
  created_at: sql`coalesce(c.edited_at, c.created_at)`,
};

/** Changes a comment that the transaction has locked, stores its earlier text, and returns the changed comment. */
export function reviseComment(
  tx: Tx,
  workspace_id: string,
  { at: _, ...comment }: Omit<LockedComment, 'body'>,
  changes: CommentChanges,
): Comment {
  const version = comment.version + 1;
  const from = sql`
    from comments c
    where c.workspace_id = ${workspace_id} and c.ticket_id = ${comment.ticket_id} and c.id = ${comment.id}`;
  tx.send(sql`
    insert into comment_revisions ${insertedFrom(kept_columns, revision, from)}`);
  tx.send(sql`
    update comments set ${assigned(comment_columns, { ...changes, version })}
    where workspace_id = ${workspace_id} and ticket_id = ${comment.ticket_id} and id = ${comment.id}`);
  return { ...comment, ...changes, version };
}

export function revisionsOf(
  db: Db,
  workspace_id: string,
  at: { ticket_id: string; comment_id: string },
  part: KeysetPart,
): Promise<CommentRevision[]> {
  const page = sql`
    select ${selected(revision_columns, sql`r`)}
    from comment_revisions r
    where r.workspace_id = ${workspace_id} and r.ticket_id = ${at.ticket_id} and r.comment_id = ${at.comment_id}
      and ${part.after}
    ${part.order_and_limit}`;
  return db.rows(withinBudget(page, Object.values(revision_columns), longText(revision_columns.body)));
}

/** Returns those of these people who are members now. */
export async function membersAmong(db: Db, workspace_id: string, ids: readonly string[]): Promise<string[]> {
  const found = await db.rows<{ user_id: string }>(sql`
    select m.user_id from memberships m
    where m.workspace_id = ${workspace_id} and m.user_id = any (${ids}::uuid[]) and m.removed_at is null`);
  return found.map(({ user_id }) => user_id);
}

/** Empties a comment and its revisions, deletes its reactions, records that in the audit log, and returns the comment. */
export async function purgeTexts(
  tx: Tx,
  { workspace_id, user_id, request_id }: Actor,
  { ticket_id, id, version, at }: Pick<LockedComment, 'ticket_id' | 'id' | 'version' | 'at'>,
): Promise<Comment> {
  deleteReactions(tx, workspace_id, { ticket_id, id });
  tx.send(sql`
    select purge_comment(${ticket_id}, ${id}, ${user_id}, ${newId()}, ${request_id}, ${at})`);
  const [purged] = await Promise.all([
    tx.one<CommentRow>(sql`
      select ${columns} from comments c
      where c.workspace_id = ${workspace_id} and c.ticket_id = ${ticket_id} and c.id = ${id}`),
    inParts(version, (first, last) =>
      tx.rows(sql`select purge_comment_revisions(${ticket_id}, ${id}, ${first}, ${last})`),
    ),
  ]);
  return { ...purged, reactions: [] };
}
