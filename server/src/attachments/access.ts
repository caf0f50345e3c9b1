import type { Actor, Writer } from '../access/authorize.ts';
import type { Locked } from '../db/columns.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { BatonError, requireFound } from '../errors.ts';
import { openTicket } from '../tickets/access.ts';
import type { Attachment } from './contract.ts';
import { attachmentByRef, type AttachmentRef, lockAttachment } from './queries.ts';

/** Returns an attachment of a ticket of this workspace, or throws `not_found`. */
export function requireAttachment(db: Db, workspace_id: string, at: AttachmentRef): Promise<Attachment> {
  return requireFound(attachmentByRef(db, workspace_id, at));
}

/**
 * The door to an attachment for writes: in one round trip it authorizes the caller, locks the ticket against deletion, and then locks
 * the attachment.
 */
export async function openAttachment(
  tx: Tx,
  writer: Writer,
  at: AttachmentRef,
): Promise<{ actor: Actor; attachment: Locked<Attachment> }> {
  const [{ actor }, attachment] = await Promise.all([
    openTicket(tx, writer, at.ticket, { hold: 'comment' }),
    lockAttachment(tx, writer, at),
  ]);
  if (attachment === undefined) throw new BatonError('not_found');
  return { actor, attachment };
}
