import type { Input, Ticket } from 'baton-sdk';
import { client } from './client.ts';

/** The listeners for tickets that were created on this page. */
export const created = new Set<(ticket: Ticket) => void>();

export async function createTicket(
  workspace_id: string,
  project_id: string,
  body: Input<'create_ticket'>['body'],
): Promise<Ticket> {
  const ticket = await client.create_ticket({ workspace_id, project_id, body });
  for (const listener of created) listener(ticket);
  return ticket;
}
