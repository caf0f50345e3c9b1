import type { Workspace } from 'baton-sdk';
import { client } from './client.ts';

export const readWorkspace = (workspace_id: string): Promise<Workspace> => client.get_workspace({ workspace_id });

export const renameWorkspace = (workspace_id: string, body: { name: string; version: number }): Promise<Workspace> =>
  client.update_workspace({ workspace_id, body });

export async function deleteWorkspace(workspace_id: string): Promise<void> {
  await client.delete_workspace({ workspace_id });
}
