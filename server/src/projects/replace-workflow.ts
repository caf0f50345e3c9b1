import { recordAudit } from '../audit/record.ts';
import type { Limits } from '../config/limits.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Response } from '../http/contract.ts';
import { requireCurrent } from '../http/preconditions.ts';
import { requireBelow } from '../quotas/quotas.ts';
import type { Context } from '../serving/context.ts';
import { isMove, remapTickets } from '../tickets/remap.ts';
import { countStale, lockStale, type Remapping } from '../tickets/remap-queries.ts';
import { openProject } from './access.ts';
import { max_remapped, type replace_workflow } from './contract.ts';
import { definitionOf } from './definitions.ts';
import { deleteStatuses, insertWorkflow, putStatuses, updateProject } from './queries.ts';
import { type Loss, lossOf, type Mapping, remap } from './remap.ts';
import type { WorkflowDefinition } from './workflow-definition.ts';

interface Plan {
  loss: Loss;
  definition: WorkflowDefinition;
  mapping: Mapping;
  on_stale: 'refuse' | 'clear';
}

/**
 * Replaces the workflow with a new version while the project is locked: a transition in progress is decided by the old version,
 * the next one by the new version. History keeps the version that each transition was taken under. No ticket keeps a status or
 * resolution that the new workflow doesn't have: it is mapped, or the replacement is refused.
 */
export async function replaceWorkflow(
  context: Context<typeof replace_workflow>,
  { max_workflow_versions_per_project }: Pick<Limits, 'max_workflow_versions_per_project'>,
): Promise<Response<typeof replace_workflow>> {
  const { tx, writer, params, if_match } = context;
  const actor = await writer.hold();
  const { workspace_id, user_id } = actor;
  const { version: expected, mapping = {}, on_stale, ...definition } = context.body;
  const project = await openProject(tx, actor, params.project_id);
  const { id: project_id } = project;
  if (project.archived_at !== null) throw new BatonError('project_archived');
  requireCurrent({ if_match, version: expected }, { current_version: project.workflow_version });
  requireBelow('workflow_versions_per_project', max_workflow_versions_per_project, project.workflow_version);
  const before = await definitionOf(tx, { workspace_id, project_id, workflow_version: project.workflow_version });
  const loss = lossOf(before, definition);
  const statuses = new Map(Object.entries(mapping.statuses ?? {}));
  const resolutions = new Map(Object.entries(mapping.resolutions ?? {}));
  const plan: Plan = { loss, definition, mapping: { statuses, resolutions }, on_stale };
  const version = project.workflow_version + 1;
  const remapped = await planRemapping(tx, { workspace_id, project_id }, plan);

  insertWorkflow(tx, { workspace_id, project_id, version, definition, created_by: user_id });
  putStatuses(tx, workspace_id, project_id, definition);
  if (remapped.length > 0) remapTickets(tx, actor, { project_id, workflow_version: version, remapped });
  deleteStatuses(tx, workspace_id, project_id, loss.dropped); // after the tickets have left them
  const { name } = project;
  const after = await updateProject(tx, workspace_id, project_id, { name, archived: false, workflow_version: version });
  recordAudit(tx, actor, {
    action: 'workflow.replaced',
    subject_id: project_id,
    subject_version: version,
    before: { ...before },
    after: definition,
    at: after.updated_at,
  });
  return { project_id, version, ...definition };
}

/** Locks the tickets that don't fit the new workflow, and returns their changes. Throws if the mapping does not decide them all. */
async function planRemapping(
  tx: Tx,
  at: { workspace_id: string; project_id: string },
  { loss, definition, mapping, on_stale }: Plan,
): Promise<Remapping[]> {
  if (loss.dropped.length + loss.undone.length + loss.gone.length === 0) return [];
  const counts = await countStale(tx, at, loss);
  const unmapped = counts.filter((one) => remap(one, definition, mapping, on_stale).status === undefined);
  if (unmapped.length > 0) {
    const by_status = Map.groupBy(unmapped, ({ status }) => status);
    const statuses = [...by_status].map(([status, rows]) => ({
      status,
      tickets: rows.reduce((sum, { tickets }) => sum + tickets, 0),
    }));
    throw new BatonError('status_in_use', { statuses });
  }
  const resolutions = counts.flatMap(({ status, resolution, tickets }) => {
    const open = remap({ status, resolution }, definition, mapping, on_stale).resolution === undefined;
    return open && resolution !== null ? [{ status, resolution, tickets }] : [];
  });
  if (resolutions.length > 0) throw new BatonError('resolution_in_use', { resolutions: resolutions.slice(0, 100) });
  const tickets = counts.reduce((sum, one) => sum + one.tickets, 0);
  if (tickets > max_remapped) throw new BatonError('mapping_too_large', { tickets, max_tickets: max_remapped });
  if (tickets === 0) return [];
  const stale = await lockStale(tx, at, loss);
  return stale.map((ticket) => {
    const { status = ticket.status, resolution = null } = remap(ticket, definition, mapping, on_stale);
    const remapped = { ...ticket, to_status: status, to_resolution: resolution, version: ticket.version + 1 };
    return { ...remapped, status_sequence: ticket.status_sequence + (isMove(remapped) ? 1 : 0) };
  });
}
