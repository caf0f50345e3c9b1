import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';
import { isCode } from './problems.ts';

/** A ticket's id, key and title. */
export interface TicketName {
  id: string;
  key: string;
  title: string;
}

/** A ticket's key and title, by its id or key; null if it doesn't exist or was deleted. */
export const ticketNameQuery = (workspace_id: string, ticket: string) =>
  queryOptions({
    queryKey: ['ticket-name', workspace_id, ticket],
    staleTime: 5 * 60_000,
    queryFn: async ({ signal }): Promise<TicketName | null> => {
      try {
        // The response contains only the requested fields, although its type is that of a whole ticket.
        return await client.get_ticket({ workspace_id, ticket, fields: 'id,key,title' }, { signal });
      } catch (error) {
        if (isCode(error, 'not_found')) return null;
        throw error;
      }
    },
  });
