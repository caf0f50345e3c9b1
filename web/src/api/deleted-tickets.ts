import type { Output, Ticket } from 'baton-sdk';
import { client } from './client.ts';
import { pagesQuery } from './pages.ts';

type Listed = Output<'list_tickets'>['data'][number];

/** The deleted tickets of a workspace, last changed first. */
export const deletedTickets = (workspace_id: string) =>
  pagesQuery<Listed>(['deleted-tickets', workspace_id], (cursor, signal) =>
    client.list_tickets(
      { workspace_id, deleted: 'true', archived: 'any', sort: '-updated_at', limit: 50, cursor },
      { signal },
    ),
  );

export const restoreTicket = (workspace_id: string, ticket: string): Promise<Ticket> =>
  client.restore_ticket({ workspace_id, ticket });
