import type { Member, Person } from 'baton-sdk';
import { client } from './client.ts';

/** The people of these ids, former members included. */
export async function loadPeople(workspace_id: string, ids: readonly string[]): Promise<readonly Person[]> {
  return (await client.list_people({ workspace_id, ids: ids.join(','), limit: 100 })).data;
}

/** Members of whose name or address a word begins with the text. */
export async function findMembers(workspace_id: string, q: string, signal: AbortSignal): Promise<readonly Member[]> {
  return (await client.list_members({ workspace_id, limit: 20, ...(q !== '' && { q }) }, { signal })).data;
}
