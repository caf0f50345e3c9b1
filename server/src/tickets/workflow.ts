import type { Role } from '../http/contract.ts';
import type { WorkflowDefinition } from '../projects/workflow-definition.ts';

type Transition = WorkflowDefinition['transitions'][number];
type Category = WorkflowDefinition['statuses'][number]['category'];
type Requirement = Transition['requires'][number];

function mayTake(transition: Transition, role: Role): boolean {
  return role !== 'viewer' && transition.roles.includes(role);
}

/** Returns the transitions that this role may take from a status. */
export function allowedTransitions(definition: WorkflowDefinition, status: string, role: Role): Transition[] {
  return definition.transitions.filter((step) => step.from === status && mayTake(step, role));
}

/** Returns the category of a status of the definition. */
export function categoryOf(definition: WorkflowDefinition, status: string): Category {
  const found = definition.statuses.find(({ key }) => key === status);
  if (found === undefined) throw new Error(`The workflow has no status ${status}.`);
  return found.category;
}

/** Returns the status of a new ticket: by default the first initial one, or the requested one if it is initial. */
export function initialStatus(definition: WorkflowDefinition, requested?: string): string | undefined {
  if (requested === undefined) return definition.initial[0];
  return definition.initial.find((status) => status === requested);
}

export interface TransitionQuestion {
  definition: WorkflowDefinition;
  ticket: { status: string; resolution: string | null; assignee_id: string | null };
  role: Role;
  request: {
    to: string;
    resolution?: string | undefined;
    assignee_id?: string | null | undefined;
    comment?: string | undefined;
  };
}

export type TransitionDecision =
  | { ok: true; changes: { status: string; resolution: string | null; assignee_id: string | null } }
  | {
      ok: false;
      reason: 'unknown_status' | 'transition_not_allowed' | 'unknown_resolution' | 'resolution_not_allowed';
    }
  | { ok: false; reason: 'transition_forbidden'; data: { required: Role[] } }
  | { ok: false; reason: 'fields_required'; data: { missing: Requirement[] } };

/**
 * Decides whether a transition may be taken, and returns the ticket's fields after it. Entering a status of the category done
 * sets a resolution or keeps the current one; leaving done clears it.
 */
export function decideTransition({ definition, ticket, role, request }: TransitionQuestion): TransitionDecision {
  const refuse = (reason: Exclude<TransitionDecision & { ok: false }, { data: object }>['reason']) =>
    ({ ok: false, reason }) as const;
  if (!definition.statuses.some(({ key }) => key === request.to)) return refuse('unknown_status');
  const step = definition.transitions.find(({ from, to }) => from === ticket.status && to === request.to);
  if (step === undefined) return refuse('transition_not_allowed');
  if (!mayTake(step, role)) return { ok: false, reason: 'transition_forbidden', data: { required: [...step.roles] } };
  const done = categoryOf(definition, request.to) === 'done';
  if (request.resolution !== undefined) {
    if (!done) return refuse('resolution_not_allowed');
    if (!definition.resolutions.includes(request.resolution)) return refuse('unknown_resolution');
  }
  // Only a resolution that the current workflow has counts: a stale value must not satisfy a requirement.
  const known = ticket.resolution !== null && definition.resolutions.includes(ticket.resolution);
  const kept = known && categoryOf(definition, ticket.status) === 'done' ? ticket.resolution : null;
  const changes = {
    status: request.to,
    resolution: done ? (request.resolution ?? kept) : null,
    assignee_id: request.assignee_id === undefined ? ticket.assignee_id : request.assignee_id,
  };
  const present = { ...changes, comment: request.comment ?? null };
  const missing = step.requires.filter((field) => present[field] === null);
  return missing.length > 0 ? { ok: false, reason: 'fields_required', data: { missing } } : { ok: true, changes };
}
