import { type QueryClient, queryOptions } from '@tanstack/react-query';
import type { Watching } from 'baton-sdk';
import { client } from './client.ts';

/** Whether the signed-in account watches a ticket. */
export const watchingQuery = (workspace_id: string, ticket: string) =>
  queryOptions({
    queryKey: ['watching', workspace_id, ticket],
    queryFn: ({ signal }): Promise<Watching> => client.get_watching({ workspace_id, ticket }, { signal }),
  });

const watch = (workspace_id: string, ticket: string, watches: boolean): Promise<Watching> =>
  client.set_watching({ workspace_id, ticket, body: { choice: watches ? 'watching' : 'muted' } });

interface WatchingChange {
  /** What the server is known to have. */
  saved: Watching | undefined;
  done: Promise<void>;
}

/** The newest change of each query, until its response has come. */
const changes = new Map<string, WatchingChange>();

/**
 * Changes whether the signed-in account watches a ticket. The change is shown at once, and reverted if it fails.
 * Several are sent one after another, and only the response to the newest one is shown. Throws if that one failed.
 */
export async function toggleWatching(queries: QueryClient, workspace_id: string, ticket: string): Promise<void> {
  const { queryKey } = watchingQuery(workspace_id, ticket);
  const id = queryKey.join('/');
  // The response to a read that began before would show the old state.
  await queries.cancelQueries({ queryKey });
  const shown = queries.getQueryData(queryKey);
  const watches = !(shown?.watches ?? false);
  const before = changes.get(id);
  const change: WatchingChange = { saved: shown, done: Promise.resolve() };
  changes.set(id, change);
  if (shown !== undefined) queries.setQueryData(queryKey, { ...shown, watches });
  const send = async () => {
    await before?.done;
    if (before !== undefined) change.saved = before.saved;
    change.saved = await watch(workspace_id, ticket, watches);
  };
  const sent = send();
  change.done = sent.catch(() => undefined);
  const isNewest = () => changes.get(id) === change;
  try {
    await sent;
  } catch (error) {
    if (isNewest()) throw error;
  } finally {
    if (isNewest()) {
      changes.delete(id);
      if (change.saved === undefined) void queries.invalidateQueries({ queryKey });
      else queries.setQueryData(queryKey, change.saved);
    }
  }
}
