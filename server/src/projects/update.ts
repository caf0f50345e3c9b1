import { recordAudit } from '../audit/record.ts';
import type { Body } from '../http/contract.ts';
import { requireCurrent } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import { openProject } from './access.ts';
import type { archive_project, Project, update_project } from './contract.ts';
import { type ProjectChanges, updateProject } from './queries.ts';

/** The fields that a caller may change. */
type Edit = Pick<ProjectChanges, Exclude<keyof Body<typeof update_project>, 'version'>>;

/** Renames, archives or unarchives a project. If it is that way already, nothing changes. */
export async function changeProject(context: Context<typeof update_project>): Promise<Project> {
  const { tx, writer, params, body: input, if_match } = context;
  const actor = await writer.hold();
  const before = await openProject(tx, actor, params.project_id);
  requireCurrent({ if_match, version: input.version }, { current_version: before.version });
  const was: Edit = { name: before.name, archived: before.archived_at !== null };
  const becomes: Edit = { name: input.name ?? was.name, archived: input.archived ?? was.archived };
  if (becomes.name === was.name && becomes.archived === was.archived) return before;
  const after = await updateProject(tx, actor.workspace_id, before.id, {
    ...becomes,
    workflow_version: before.workflow_version,
  });
  const verb = becomes.archived === was.archived ? 'updated' : becomes.archived ? 'archived' : 'unarchived';
  recordAudit(tx, actor, {
    action: `project.${verb}`,
    subject_id: before.id,
    subject_version: after.version,
    before: was,
    after: becomes,
    at: after.updated_at,
  });
  return after;
}

export async function archiveProject(context: Context<typeof archive_project>): Promise<void> {
  await changeProject({ ...context, body: { archived: true } });
}
