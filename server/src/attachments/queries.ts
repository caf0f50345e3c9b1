import type { Writer } from '../access/authorize.ts';
import { type Columns, inserted, later, type Locked, selected } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import { from_tickets, isTicket } from '../tickets/queries.ts';
import type { Attachment } from './contract.ts';

/** Every column of an attachment, except its workspace's id. */
const attachment_columns = {
  id: sql`id`,
  ticket_id: sql`ticket_id`,
  name: sql`name`,
  media_type: sql`media_type`,
  size_bytes: sql`size_bytes`,
  checksum: sql`checksum`,
  added_by: sql`added_by`,
  created_at: sql`created_at`,
} satisfies Columns<keyof Attachment>;

const columns = selected(attachment_columns, sql`a`);
const stored_columns = { ...attachment_columns, workspace_id: sql`workspace_id` };

/** The ticket and attachment that the request's path names. */
export interface AttachmentRef {
  ticket: string;
  attachment_id: string;
}

const ofTicket = (workspace_id: string, at: AttachmentRef) => sql`
  join attachments a on a.workspace_id = ${workspace_id} and a.ticket_id = t.id and a.id = ${at.attachment_id}
  where ${isTicket(workspace_id, at.ticket)} and t.deleted_at is null`;

/** Returns a page of a ticket's attachments. */
export function attachmentsOf(
  db: Db,
  workspace_id: string,
  ticket_id: string,
  part: KeysetPart,
): Promise<Attachment[]> {
  return db.rows(sql`
    select ${columns} from attachments a
    where a.workspace_id = ${workspace_id} and a.ticket_id = ${ticket_id} and ${part.after}
    ${part.order_and_limit}`);
}

/** Returns an attachment of a ticket that is not deleted. */
export function attachmentByRef(db: Db, workspace_id: string, at: AttachmentRef): Promise<Attachment | undefined> {
  return db.maybeOne(sql`
    select ${columns} ${from_tickets} ${ofTicket(workspace_id, at)}`);
}

/** Does the same by the attachment's id alone. */
export function attachmentById(db: Db, workspace_id: string, id: string): Promise<Attachment | undefined> {
  return db.maybeOne(sql`
    select ${columns} from attachments a
    join tickets t on t.workspace_id = ${workspace_id} and t.id = a.ticket_id and t.deleted_at is null
    where a.workspace_id = ${workspace_id} and a.id = ${id}`);
}

/**
 * Returns an attachment, locked until the commit, so that only one of two concurrent removals finds it. The caller locks the ticket
 * before it.
 */
export function lockAttachment(tx: Tx, writer: Writer, at: AttachmentRef): Promise<Locked<Attachment> | undefined> {
  return tx.maybeOne(sql`
    select ${columns}, ${later(sql`a.created_at`)} as at
    ${from_tickets} ${ofTicket(writer.workspace_id, at)} and ${writer.mayAct()}
    for update of a`);
}

export function insertAttachment(tx: Tx, workspace_id: string, attachment: Attachment): void {
  tx.send(sql`insert into attachments ${inserted(stored_columns, { ...attachment, workspace_id })}`);
  addBytes(tx, workspace_id, attachment.size_bytes);
}

/** Deletes an attachment's row. From the commit on, its bytes are due for removal. */
export function deleteAttachment(tx: Tx, workspace_id: string, { id, size_bytes }: Attachment): void {
  tx.send(sql`delete from attachments where workspace_id = ${workspace_id} and id = ${id}`);
  tx.send(sql`update attachment_files set due_at = now() where workspace_id = ${workspace_id} and id = ${id}`);
  addBytes(tx, workspace_id, -size_bytes);
}

/** Updates the workspace's total. It is written last, because every other upload to the workspace waits for this row. */
function addBytes(tx: Tx, workspace_id: string, bytes: number): void {
  tx.send(sql`
    insert into attachment_usage as u (workspace_id, bytes) values (${workspace_id}, greatest(${bytes}::bigint, 0))
    on conflict (workspace_id) do update set bytes = u.bytes + ${bytes}::bigint`);
}

/** Returns the number of the ticket's attachments, counted up to a limit, and the bytes of the workspace's attachments. */
export function roomFor(
  db: Db,
  workspace_id: string,
  ref: string,
  limit: number,
): Promise<{ taken: number; bytes: number }> {
  return db.one(sql`
    select
      (select count(*)::integer from (
        select 1 ${from_tickets}
        join attachments a on a.workspace_id = ${workspace_id} and a.ticket_id = t.id
        where ${isTicket(workspace_id, ref)} limit ${limit}) r) as taken,
      coalesce((select u.bytes from attachment_usage u where u.workspace_id = ${workspace_id}), 0)::bigint as bytes`);
}

/** Records that a file is about to arrive. Unless `keepFile` is called for it within a day, its bytes are removed. */
export function insertFile(tx: Tx, workspace_id: string, id: string): void {
  tx.send(sql`
    insert into attachment_files (workspace_id, id, due_at) values (${workspace_id}, ${id}, now() + interval '1 day')`);
}

/**
 * Locks an uploaded file until the commit, and returns whether it is still there. A file that is due within an hour counts as gone:
 * its bytes might be removed before this transaction commits. No transaction lasts an hour.
 */
export async function lockFile(tx: Tx, writer: Writer, id: string): Promise<boolean> {
  const found = await tx.maybeOne(sql`
    select 1 from attachment_files f
    where f.workspace_id = ${writer.workspace_id} and f.id = ${id} and f.due_at > now() + interval '1 hour' and ${writer.mayAct()}
    for no key update of f`);
  return found !== undefined;
}

/** Marks the bytes of a file as permanent. The transaction must have locked it with `lockFile`. */
export function keepFile(tx: Tx, workspace_id: string, id: string): void {
  tx.send(sql`update attachment_files set due_at = null where workspace_id = ${workspace_id} and id = ${id}`);
}

/** Marks the bytes of a file as due for removal, unless a ticket has the file. Returns whether they are due. */
export async function dropFile(tx: Tx, workspace_id: string, id: string): Promise<boolean> {
  const due = await tx.maybeOne(sql`
    update attachment_files set due_at = now()
    where workspace_id = ${workspace_id} and id = ${id} and due_at is not null returning 1`);
  return due !== undefined;
}
