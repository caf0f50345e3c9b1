import type { Writer } from '../access/authorize.ts';
import { BatonError } from '../errors.ts';
import type { Tx } from '../db/transaction.ts';
import { openTicket } from './access.ts';
import type { Ticket } from './contract.ts';
import { presentTo } from './present.ts';
import { lockTicket, purgeTexts } from './queries.ts';

/** Deletes the earlier titles or descriptions of a ticket permanently, from deleted tickets and archived projects too. */
export async function purgeTicket(tx: Tx, writer: Writer, ref: string, fields: string[]): Promise<Ticket> {
  const hold = { hold: 'change', deleted: true } as const;
  const { actor, ticket } = await openTicket(tx, writer, ref, { ...hold, archived: true });
  purgeTexts(tx, actor, ticket, fields);
  const purged = await lockTicket(tx, writer, ticket.id, hold);
  if (purged === undefined) throw new BatonError('not_found');
  return presentTo(tx, purged, actor);
}
