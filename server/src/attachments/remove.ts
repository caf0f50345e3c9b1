import { recordAudit } from '../audit/record.ts';
import { BatonError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Context } from '../serving/context.ts';
import { openAttachment } from './access.ts';
import type { remove_attachment } from './contract.ts';
import { deleteAttachment } from './queries.ts';
import { task } from './upkeep.ts';

/** Removes an attachment. The worker removes its bytes shortly after the commit. */
export async function removeAttachment(
  { tx, writer, params, afterCommit }: Context<typeof remove_attachment>,
  { hint }: Pick<Services, 'hint'>,
): Promise<void> {
  const { actor, attachment } = await openAttachment(tx, writer, params);
  if (attachment.added_by !== actor.user_id && actor.role === 'member') {
    throw new BatonError('forbidden', {
      detail: 'Only the member who added it or an admin may remove an attachment.',
      role: actor.role,
    });
  }
  const { id: subject_id, ticket_id, at, added_by: _, created_at: __, ...fields } = attachment;
  recordAudit(tx, actor, { action: 'attachment.removed', subject_id, ticket_id, before: { ticket_id, ...fields }, at });
  deleteAttachment(tx, actor.workspace_id, attachment);
  afterCommit(() => Promise.resolve(hint(task)));
}
