import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';
import { isCode } from './problems.ts';

/** What a ticket is called. */
export interface TicketName {
  id: string;
  key: string;
  title: string;
}

/** What a ticket is called, by its id or key; null where there is none, or it was deleted. */
export const ticketNameQuery = (workspace_id: string, ticket: string) =>
  queryOptions({
    queryKey: ['ticket-name', workspace_id, ticket],
    staleTime: 5 * 60_000,
    queryFn: async ({ signal }): Promise<TicketName | null> => {
      try {
        // The fields alone that are asked for are there, whatever the type of a whole ticket says.
        return await client.get_ticket({ workspace_id, ticket, fields: 'id,key,title' }, { signal });
      } catch (error) {
        if (isCode(error, 'not_found')) return null;
        throw error;
      }
    },
  });
