import { BatonApiError, type Workspace } from 'baton-sdk';
import { client } from './client.ts';

export const readWorkspace = (workspace_id: string): Promise<Workspace> => client.get_workspace({ workspace_id });

/** Returns whether the signed-in account still has access to a workspace. Throws if that is unknown. */
export async function isMemberOf(workspace_id: string): Promise<boolean> {
  try {
    await readWorkspace(workspace_id);
    return true;
  } catch (error) {
    if (error instanceof BatonApiError && (error.status === 404 || error.status === 403)) return false;
    throw error;
  }
}

export const renameWorkspace = (workspace_id: string, body: { name: string; version: number }): Promise<Workspace> =>
  client.update_workspace({ workspace_id, body });

export async function deleteWorkspace(workspace_id: string): Promise<void> {
  await client.delete_workspace({ workspace_id });
}
