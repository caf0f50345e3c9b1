import type { Actor } from '../access/authorize.ts';
import type { Role } from '../http/contract.ts';
import type { Db } from '../db/transaction.ts';
import { definitionOf } from '../projects/definitions.ts';
import type { WorkflowDefinition } from '../projects/workflow-definition.ts';
import type { Ticket } from './contract.ts';
import { excerptOf } from './excerpt.ts';
import type { ListedTicket, TicketSummary } from './list-contract.ts';
import type { ListedRow } from './list-queries.ts';
import { descriptionOf, type TicketRow } from './queries.ts';
import { allowedTransitions, categoryOf } from './workflow.ts';

/** The category of a status, and the statuses that a role may move a ticket to from it. */
interface Standing {
  category: Ticket['status_category'];
  allowed: string[];
}

// A definition never changes, and a list needs the same standing for many of its tickets.
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
export function allowedStatuses(
  row: Omit<TicketRow, 'description'>,
  definition: WorkflowDefinition,
  role: Role,
): string[] {
  if (row.deleted_at !== null || row.project_archived_at !== null) return [];
  return standingOf(definition, row.status, role).allowed;
}

/** The texts that a form of a ticket has. JSON leaves out those that are undefined. */
interface Texts<Excerpt, Description> {
  excerpt: Excerpt;
  description: Description;
}

/**
 * The fields of a ticket in one of its forms. They are spelt out: to spread one part after another into each of fifty tickets took
 * 20 µs instead of 8.
 */
function shown<Excerpt, Description>(
  row: Omit<TicketRow, 'description'>,
  { excerpt, description }: Texts<Excerpt, Description>,
  definition: WorkflowDefinition,
  role: Role,
) {
  return {
    id: row.id,
    key: row.key,
    project_id: row.project_id,
    number: row.number,
    title: row.title,
    excerpt,
    description,
    status: row.status,
    status_category: standingOf(definition, row.status, role).category,
    resolution: row.resolution,
    priority: row.priority,
    labels: row.labels,
    assignee_id: row.assignee_id,
    reporter_id: row.reporter_id,
    due_on: row.due_on,
    rank: row.rank,
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
    last_activity_at: row.last_activity_at,
    deleted_at: row.deleted_at,
    allowed_transitions: allowedStatuses(row, definition, role),
  };
}

/** Returns the ticket as lists show it: with its description only if that was requested. */
export function presentListed(row: ListedRow, definition: WorkflowDefinition, role: Role): ListedTicket {
  return shown(row, { excerpt: excerptOf(row.start), description: row.description }, definition, role);
}

/** Returns the ticket as boards show it. */
export function presentSummary(
  row: Omit<TicketRow, 'description'>,
  definition: WorkflowDefinition,
  role: Role,
): TicketSummary {
  return shown(row, { excerpt: undefined, description: undefined }, definition, role);
}

/** Returns the ticket as the caller sees it, after reading the workflow and, if it is long, the description. */
export async function presentTo(db: Db, row: TicketRow, actor: Actor): Promise<Ticket> {
  const [definition, description] = await Promise.all([definitionOf(db, row), descriptionOf(db, row)]);
  return shown(row, { excerpt: undefined, description }, definition, actor.role);
}
