import type { Actor } from '../access/authorize.ts';
import { recordAudit } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { type IfMatch, requireCurrent, requireMatch } from '../http/preconditions.ts';
import type { Workspace } from './contract.ts';
import { lockWorkspace, markWorkspaceDeleted, renameWorkspace } from './queries.ts';

async function openWorkspace(tx: Tx, actor: Actor) {
  const workspace = await lockWorkspace(tx, actor.workspace_id);
  if (workspace === undefined) throw new BatonError('not_found');
  return workspace;
}

/** Renames a workspace. */
export async function changeWorkspace(
  tx: Tx,
  actor: Actor,
  input: { name: string; version?: number | undefined },
  if_match?: IfMatch,
): Promise<Workspace> {
  const before = await openWorkspace(tx, actor);
  requireCurrent({ if_match, version: input.version }, { current_version: before.version });
  const { role, workspace_id } = actor;
  if (input.name === before.name) return { ...before, role };
  const after = await renameWorkspace(tx, workspace_id, input.name);
  recordAudit(tx, actor, {
    action: 'workspace.updated',
    subject_id: workspace_id,
    subject_version: after.version,
    before: { name: before.name },
    after: { name: after.name },
  });
  return { ...after, role };
}

/** Deletes a workspace softly: its rows stay, and nobody gets to them through the API. */
export async function deleteWorkspace(tx: Tx, actor: Actor, if_match?: IfMatch): Promise<void> {
  const before = await openWorkspace(tx, actor);
  requireMatch(if_match, { current_version: before.version });
  markWorkspaceDeleted(tx, actor.workspace_id);
  recordAudit(tx, actor, {
    action: 'workspace.deleted',
    subject_id: actor.workspace_id,
    subject_version: before.version + 1,
    before: { name: before.name },
  });
}
