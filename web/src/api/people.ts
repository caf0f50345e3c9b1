import { queryOptions } from '@tanstack/react-query';
import type { Person } from 'baton-sdk';
import { client } from './client.ts';

/** Returns the people with these ids, including former members. */
export async function loadPeople(workspace_id: string, ids: readonly string[]): Promise<readonly Person[]> {
  return (await client.list_people({ workspace_id, ids: ids.join(','), limit: 100 })).data;
}

/** A person in the workspace, including former members; null if the id is nobody's. */
export const personQuery = (workspace_id: string, id: string) =>
  queryOptions({
    queryKey: ['person', workspace_id, id],
    queryFn: async () => (await loadPeople(workspace_id, [id]))[0] ?? null,
  });
