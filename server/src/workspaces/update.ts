import type { Actor } from '../access/authorize.ts';
import { recordAudit } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { requireCurrent, requireMatch } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import { disableWebhooks } from '../webhooks/queries.ts';
import type { delete_workspace, update_workspace, Workspace } from './contract.ts';
import { lockWorkspace, markWorkspaceDeleted, renameWorkspace } from './queries.ts';

async function openWorkspace(tx: Tx, actor: Actor) {
  const workspace = await lockWorkspace(tx, actor.workspace_id);
  if (workspace === undefined) throw new BatonError('not_found');
  return workspace;
}

export async function changeWorkspace(context: Context<typeof update_workspace>): Promise<Workspace> {
  const { tx, writer, body: input, if_match } = context;
  const actor = await writer.hold();
  const { at, ...before } = await openWorkspace(tx, actor);
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
    at,
  });
  return { ...after, role };
}

/** Soft-deletes a workspace: its rows stay, but nobody can read or change them through the API. */
export async function deleteWorkspace({ tx, writer, if_match }: Context<typeof delete_workspace>): Promise<void> {
  const actor = await writer.hold();
  const before = await openWorkspace(tx, actor);
  requireMatch(if_match, { current_version: before.version });
  markWorkspaceDeleted(tx, actor.workspace_id);
  await disableWebhooks(tx, actor.workspace_id);
  recordAudit(tx, actor, {
    action: 'workspace.deleted',
    subject_id: actor.workspace_id,
    subject_version: before.version + 1,
    before: { name: before.name },
    at: before.at,
  });
}
