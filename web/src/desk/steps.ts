import type { StatusCategory, Workflow } from 'baton-sdk';
import type { KnownTicket, Step } from '../store/changes.ts';

export type Requirement = 'resolution' | 'assignee_id' | 'comment' | (string & {});

/** A transition that a ticket may take from its status. */
export interface PossibleStep {
  to: string;
  name: string;
  category: StatusCategory | (string & {});
  /** The required fields that the ticket doesn't have yet. */
  missing: readonly Requirement[];
}

/** Returns a status's name and category by its key, with defaults if the workflow has been replaced and lacks it. */
export function statusOf(workflow: Workflow | undefined, key: string): { name: string; category: StatusCategory } {
  const found = workflow?.statuses.find((status) => status.key === key);
  const name = found?.name ?? key.replaceAll('_', ' ');
  return { name, category: found?.category ?? 'todo' };
}

const requirementsOf = (workflow: Workflow | undefined, from: string, to: string): readonly Requirement[] =>
  workflow?.transitions.find((step) => step.from === from && step.to === to)?.requires ?? [];

/**
 * Returns the required fields that the ticket doesn't have. A comment is always missing, because it belongs to the step
 * itself.
 */
function missingFor(ticket: KnownTicket, requires: readonly Requirement[]): readonly Requirement[] {
  const kept = ticket.status_category === 'done' && ticket.resolution !== null;
  return requires.filter((field) => {
    if (field === 'assignee_id') return ticket.assignee_id === null;
    return field === 'resolution' ? !kept : true;
  });
}

/** Returns the steps that the server allows this person to take with a ticket, in the workflow's order. */
export function stepsFrom(workflow: Workflow | undefined, ticket: KnownTicket): PossibleStep[] {
  const order = workflow?.statuses.map(({ key }) => key) ?? [];
  const place = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  return ticket.allowed_transitions
    .toSorted((a, b) => place(a) - place(b))
    .map((to) => ({
      to,
      ...statusOf(workflow, to),
      missing: missingFor(ticket, requirementsOf(workflow, ticket.status, to)),
    }));
}

/** The transitions that the workflow allows a role, shown until the server's response arrives. */
const nextFrom = (workflow: Workflow | undefined, status: string, role: string): string[] =>
  (workflow?.transitions ?? [])
    .filter(({ from, roles }) => from === status && (roles ?? [role]).some((one) => one === role))
    .map(({ to }) => to);

/** Builds the change for a step. */
export function stepTo(
  workflow: Workflow | undefined,
  ticket: KnownTicket,
  {
    to,
    role,
    ...fields
  }: { to: string; role: string } & Pick<Step, 'resolution' | 'assignee_id' | 'comment' | 'placed'>,
): Step {
  const { category } = statusOf(workflow, to);
  return { kind: 'transition', from: ticket.status, to, category, next: nextFrom(workflow, to, role), ...fields };
}

/** Returns whether the workflow has a step back that requires nothing and that the role may take. */
export function stepBack(workflow: Workflow | undefined, taken: Pick<Step, 'from' | 'to'>, role: string): boolean {
  const back = workflow?.transitions.find(({ from, to }) => from === taken.to && to === taken.from);
  return back !== undefined && (back.requires ?? []).length === 0 && (back.roles ?? []).some((one) => one === role);
}
