import type { Actor } from '../access/authorize.ts';
import { recordAudit } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { Body } from '../http/contract.ts';
import { type IfMatch, requireCurrent } from '../http/preconditions.ts';
import { openProject } from './access.ts';
import type { Project, update_project } from './contract.ts';
import { type ProjectChanges, updateProject } from './queries.ts';

/** What a caller may change. */
type Edit = Pick<ProjectChanges, Exclude<keyof Body<typeof update_project>, 'version'>>;

/** Renames, archives or brings back a project. What is already so changes nothing. */
export async function changeProject(
  tx: Tx,
  actor: Actor,
  ref: string,
  input: Body<typeof update_project>,
  if_match?: IfMatch,
): Promise<Project> {
  const before = await openProject(tx, actor, ref);
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
  });
  return after;
}
