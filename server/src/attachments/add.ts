import { recordAudit } from '../audit/record.ts';
import type { Config } from '../config.ts';
import { BatonError } from '../errors.ts';
import { requireBelow } from '../quotas/quotas.ts';
import type { Context } from '../serving/context.ts';
import { openTicket } from '../tickets/access.ts';
import type { add_attachment, Attachment } from './contract.ts';
import { insertAttachment, keepFile, lockFile, roomFor } from './queries.ts';

export type Quotas = Pick<Config, 'max_attachments_per_ticket' | 'max_attachment_bytes_per_workspace'>;

const mib = 2 ** 20;

/**
 * Adds a file whose bytes have arrived to a ticket, which is locked only against deletion. The quotas are read without a lock, so
 * concurrent uploads may each be accepted as the last one that fits.
 */
export async function addAttachment(
  { tx, writer, params, query, body: file }: Context<typeof add_attachment>,
  { max_attachments_per_ticket, max_attachment_bytes_per_workspace }: Quotas,
): Promise<Attachment> {
  const { workspace_id } = writer;
  const [{ actor, ticket }, room, is_there] = await Promise.all([
    openTicket(tx, writer, params.ticket, { hold: 'comment' }),
    roomFor(tx, workspace_id, params.ticket, max_attachments_per_ticket),
    lockFile(tx, writer, file.id),
  ]);
  if (!is_there) {
    const detail = 'The upload took too long and was discarded. Send it again.';
    throw new BatonError('overloaded', { detail }, { retry_after_s: 1 });
  }
  requireBelow('attachments_per_ticket', max_attachments_per_ticket, room.taken);
  const most = max_attachment_bytes_per_workspace;
  if (room.bytes + file.size_bytes > most) requireBelow('attachment_mib_per_workspace', most / mib, most / mib);
  const attachment: Attachment = {
    ...file,
    ticket_id: ticket.id,
    name: query.name,
    added_by: actor.user_id,
    created_at: ticket.at,
  };
  const { id: subject_id, ticket_id, added_by: _, created_at: at, ...fields } = attachment;
  recordAudit(tx, actor, { action: 'attachment.added', subject_id, ticket_id, after: { ticket_id, ...fields }, at });
  keepFile(tx, workspace_id, file.id);
  insertAttachment(tx, workspace_id, attachment);
  return attachment;
}
