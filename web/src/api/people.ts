import type { Person } from 'baton-sdk';
import { client } from './client.ts';

/** The people of these ids, former members included. */
export async function loadPeople(workspace_id: string, ids: readonly string[]): Promise<readonly Person[]> {
  return (await client.list_people({ workspace_id, ids: ids.join(','), limit: 100 })).data;
}
