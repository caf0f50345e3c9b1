import { BatonError } from '../errors.ts';
import { forgetResponses } from '../outcomes/queries.ts';
import { forgetReplies } from '../webhooks/queries.ts';
import type { Context } from '../serving/context.ts';
import { openTicket } from './access.ts';
import type { purge_ticket, Ticket } from './contract.ts';
import { presentTo } from './present.ts';
import { lockTicket, purgeTexts } from './queries.ts';

/**
 * Permanently deletes the earlier titles or descriptions of a ticket, or its attachments, even if the ticket is deleted or its
 * project archived.
 */
export async function purgeTicket({ tx, writer, params, body }: Context<typeof purge_ticket>): Promise<Ticket> {
  const hold = { hold: 'change', deleted: true } as const;
  const { actor, ticket } = await openTicket(tx, writer, params.ticket, { ...hold, archived: true });
  await purgeTexts(tx, actor, ticket, body.fields);
  await forgetResponses(tx, actor.workspace_id, ticket.id);
  await forgetReplies(tx, ticket);
  const purged = await lockTicket(tx, writer, ticket.id, hold);
  if (purged === undefined) throw new BatonError('not_found');
  return presentTo(tx, purged, actor);
}
