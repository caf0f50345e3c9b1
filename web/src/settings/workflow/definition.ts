import type { Workflow } from 'baton-sdk';

export interface Status {
  key: string;
  name: string;
  category: string;
}

/** What of a step is not who takes it from where to where. */
export interface StepRules {
  /** The roles that may take it. */
  roles: readonly string[];
  /** What the ticket, or who takes it, must give. */
  requires: readonly string[];
}

export interface Step extends StepRules {
  from: string;
  to: string;
}

/** A workflow as it is edited. */
export interface Definition {
  statuses: readonly Status[];
  /** Where tickets may begin; the first by default. */
  initial: readonly string[];
  transitions: readonly Step[];
  resolutions: readonly string[];
}

export const categories = ['todo', 'in_progress', 'waiting', 'done'] as const;
export const step_roles = ['owner', 'admin', 'member'] as const;
export const requirements = ['resolution', 'assignee_id', 'comment'] as const;

/** How many statuses and resolutions a workflow may have. */
export const most = 50;

/** A step that everybody who writes may take, and that needs nothing. */
export const usual_rules: StepRules = { roles: step_roles, requires: [] };

export const definitionOf = ({ statuses, initial, transitions, resolutions }: Workflow): Definition => ({
  statuses,
  initial,
  transitions,
  resolutions,
});

export const statusIn = ({ statuses }: Definition, key: string): Status | undefined =>
  statuses.find((status) => status.key === key);

export const stepIn = ({ transitions }: Definition, from: string, to: string): Step | undefined =>
  transitions.find((step) => step.from === from && step.to === to);

export const isDone = (definition: Definition, key: string): boolean => statusIn(definition, key)?.category === 'done';
