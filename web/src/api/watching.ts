import { queryOptions } from '@tanstack/react-query';
import type { Watching } from 'baton-sdk';
import { client } from './client.ts';

/** Whether the signed-in account watches a ticket. */
export const watchingQuery = (workspace_id: string, ticket: string) =>
  queryOptions({
    queryKey: ['watching', workspace_id, ticket],
    queryFn: ({ signal }): Promise<Watching> => client.get_watching({ workspace_id, ticket }, { signal }),
  });

export const watch = (workspace_id: string, ticket: string, watches: boolean): Promise<Watching> =>
  client.set_watching({ workspace_id, ticket, body: { choice: watches ? 'watching' : 'muted' } });
