import type { Actor } from '../access/authorize.ts';
import { recordAudit } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Body, Response } from '../http/contract.ts';
import { type IfMatch, requireMatch } from '../http/preconditions.ts';
import type { replace_workflow } from './contract.ts';
import { definitionOf } from './definitions.ts';
import { deleteStatuses, insertStatuses, insertWorkflow, ticketsInStatuses, updateProject } from './queries.ts';
import { openProject } from './update.ts';

/**
 * Puts a new version of the workflow in force, with the project held: a transition under way is decided by the version
 * before, the next by this one. History keeps naming the version each step was taken under.
 */
export async function replaceWorkflow(
  tx: Tx,
  actor: Actor,
  ref: string,
  input: Body<typeof replace_workflow>,
  if_match?: IfMatch,
): Promise<Response<typeof replace_workflow>> {
  const { workspace_id, user_id } = actor;
  const { version: expected, ...definition } = input;
  const project = await openProject(tx, actor, ref);
  const { id: project_id } = project;
  if (project.archived_at !== null) throw new BatonError('project_archived');
  requireMatch(if_match, project.workflow_version);
  if (expected !== undefined && expected !== project.workflow_version) {
    throw new BatonError('conflict', {
      detail: 'The workflow has changed since.',
      current_version: project.workflow_version,
    });
  }
  const before = await definitionOf(tx, { workspace_id, project_id, workflow_version: project.workflow_version });
  const was = new Set(before.statuses.map(({ key }) => key));
  const becomes = new Set(definition.statuses.map(({ key }) => key));
  const dropped = [...was.difference(becomes)];
  const stranded = await ticketsInStatuses(tx, workspace_id, project_id, dropped);
  if (stranded.length > 0) throw new BatonError('status_in_use', { statuses: stranded });

  const version = project.workflow_version + 1;
  insertWorkflow(tx, { workspace_id, project_id, version, definition, created_by: user_id });
  deleteStatuses(tx, workspace_id, project_id, dropped);
  insertStatuses(tx, workspace_id, project_id, [...becomes.difference(was)]);
  await updateProject(tx, workspace_id, project_id, { name: project.name, archived: false, workflow_version: version });
  recordAudit(tx, actor, {
    action: 'workflow.replaced',
    subject_id: project_id,
    subject_version: version,
    before: { ...before },
    after: definition,
  });
  return { project_id, version, ...definition };
}
