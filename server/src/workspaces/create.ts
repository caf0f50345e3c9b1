import { insertHead } from '../audit/heads.ts';
import { recordAudit } from '../audit/record.ts';
import { newId } from '../lib/ids.ts';
import type { Services } from '../services.ts';
import type { OwnContext } from '../serving/context.ts';
import type { create_workspace, Workspace } from './contract.ts';
import { insertMembership } from './member-queries.ts';
import { requireMayOwn } from './owners.ts';
import { insertWorkspace } from './queries.ts';

/** Creates a workspace with the caller as its owner. */
export function createWorkspace(
  services: Services,
  { caller, commit, body: input }: OwnContext<typeof create_workspace>,
): Promise<Workspace> {
  const workspace_id = newId();
  // The scope names the workspace before it exists: row-level security admits its first rows by it.
  return commit({ workspace_id }, async ({ tx, hold }) => {
    await Promise.all([hold(), requireMayOwn(tx, caller.user_id, services.config)]);
    // Counted after the checks of session and idempotency key: a repeated request gets its first response and is not counted again.
    await services.limits.countNewWorkspace(tx, caller.user_id);
    const workspace = await insertWorkspace(tx, { id: workspace_id, name: input.name, created_by: caller.user_id });
    await insertMembership(tx, { workspace_id, user_id: caller.user_id, role: 'owner' });
    insertHead(tx, workspace_id);
    recordAudit(
      tx,
      { ...caller, workspace_id },
      { action: 'workspace.created', subject_id: workspace_id, after: { name: input.name } },
    );
    return { ...workspace, role: 'owner' };
  });
}
