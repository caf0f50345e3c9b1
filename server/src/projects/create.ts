import { recordAudit } from '../audit/record.ts';
import type { Limits } from '../config/limits.ts';
import { BatonError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import { requireFewer } from '../quotas/quotas.ts';
import type { Context } from '../serving/context.ts';
import type { create_project, Project } from './contract.ts';
import { insertProject, insertWorkflow, projectRows, putStatuses } from './queries.ts';
import { presets } from './workflow-definition.ts';

/** Creates a project with the first version of its workflow. */
export async function createProject(
  { tx, writer, body }: Context<typeof create_project>,
  { max_projects_per_workspace }: Pick<Limits, 'max_projects_per_workspace'>,
): Promise<Project> {
  const actor = await writer.hold();
  const { workspace_id, user_id } = actor;
  const { key, name, workflow } = body;
  const definition = typeof workflow === 'string' ? presets[workflow] : workflow;
  await requireFewer(tx, 'projects_per_workspace', max_projects_per_workspace, projectRows(workspace_id));
  const project = await insertProject(tx, workspace_id, { id: newId(), key, name, created_by: user_id });
  if (project === undefined) throw new BatonError('project_key_taken');
  insertWorkflow(tx, { workspace_id, project_id: project.id, version: 1, definition, created_by: user_id });
  putStatuses(tx, workspace_id, project.id, definition);
  recordAudit(tx, actor, {
    action: 'project.created',
    subject_id: project.id,
    subject_version: project.version,
    after: { key, name, workflow: definition },
    at: project.created_at,
  });
  return project;
}
