import type { Db } from '../db/transaction.ts';
import { requireFewer } from '../quotas/quotas.ts';
import type { Context } from '../serving/context.ts';
import { openTicket } from '../tickets/access.ts';
import type { set_watching, Watching } from './contract.ts';
import type { Owner } from './queries.ts';
import { choose, max_watchers, watchersBeside, watchOf } from './watching-queries.ts';

/** Returns whether a member watches a ticket, and why. */
export async function watchingOf(db: Db, owner: Owner, ticket_id: string): Promise<Watching> {
  const { choice, reasons } = await watchOf(db, owner, ticket_id);
  return { choice, watches: choice !== 'muted' && reasons.length > 0, reasons };
}

/** Stores the caller's choice for a ticket. Only they can change it, so it has no version, and it is not an event. */
export async function setWatching({ tx, writer, params, body }: Context<typeof set_watching>): Promise<Watching> {
  const { actor, ticket } = await openTicket(tx, writer, params.ticket, { hold: 'comment', archived: true });
  const { workspace_id, user_id } = actor;
  if (body.choice === 'watching') {
    await requireFewer(tx, 'watchers_per_ticket', max_watchers, watchersBeside(actor, ticket.id));
  }
  choose(tx, actor, { ticket_id: ticket.id, choice: body.choice });
  return watchingOf(tx, { workspace_id, user_id }, ticket.id);
}
