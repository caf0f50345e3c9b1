import type { Actor } from '../access/authorize.ts';
import type { Role } from '../http/contract.ts';
import type { Db } from '../db/transaction.ts';
import { definitionOf } from '../projects/definitions.ts';
import type { WorkflowDefinition } from '../projects/workflow-definition.ts';
import type { Ticket } from './contract.ts';
import type { TicketRow } from './queries.ts';
import { allowedTransitions, categoryOf } from './workflow.ts';

/** What a workflow says about a status, to a role. */
interface Standing {
  category: Ticket['status_category'];
  allowed: string[];
}

// A definition never changes, and a list asks fifty times for the same of it.
const standings = new WeakMap<WorkflowDefinition, Map<string, Standing>>();

function standingOf(definition: WorkflowDefinition, status: string, role: Role): Standing {
  let known = standings.get(definition);
  if (known === undefined) standings.set(definition, (known = new Map<string, Standing>()));
  const name = `${role} ${status}`;
  let standing = known.get(name);
  if (standing === undefined) {
    const allowed = allowedTransitions(definition, status, role).map(({ to }) => to);
    known.set(name, (standing = { category: categoryOf(definition, status), allowed }));
  }
  return standing;
}

/** The statuses a caller with this role may move the ticket to. */
export function allowedStatuses(row: TicketRow, definition: WorkflowDefinition, role: Role): string[] {
  if (row.deleted_at !== null || row.project_archived_at !== null) return [];
  return standingOf(definition, row.status, role).allowed;
}

/** The ticket as the caller sees it: the stored row, its status's category, and what the caller may do next. */
export function presentTicket(row: TicketRow, definition: WorkflowDefinition, role: Role): Ticket {
  return {
    id: row.id,
    key: row.key,
    project_id: row.project_id,
    number: row.number,
    title: row.title,
    description: row.description,
    status: row.status,
    status_category: standingOf(definition, row.status, role).category,
    resolution: row.resolution,
    priority: row.priority,
    labels: row.labels,
    assignee_id: row.assignee_id,
    reporter_id: row.reporter_id,
    due_on: row.due_on,
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
    deleted_at: row.deleted_at,
    allowed_transitions: allowedStatuses(row, definition, role),
  };
}

/** The same, with the definition looked up. */
export async function presentTo(db: Db, row: TicketRow, actor: Actor): Promise<Ticket> {
  return presentTicket(row, await definitionOf(db, row), actor.role);
}
