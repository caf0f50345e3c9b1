import type { Workflow } from 'baton-sdk';

export interface Status {
  key: string;
  name: string;
  category: string;
}

/** The rules of a step, apart from its two statuses. */
export interface StepRules {
  /** The roles that may take the step. */
  roles: readonly string[];
  /** The fields that must be set when the step is taken. */
  requires: readonly string[];
}

export interface Step extends StepRules {
  from: string;
  to: string;
}

/** A workflow in the editor's form. */
export interface Definition {
  statuses: readonly Status[];
  /** The statuses that tickets may start in; the first is the default. */
  initial: readonly string[];
  transitions: readonly Step[];
  resolutions: readonly string[];
}

export const categories = ['todo', 'in_progress', 'waiting', 'done'] as const;
export const step_roles = ['owner', 'admin', 'member'] as const;
export const requirements = ['resolution', 'assignee_id', 'comment'] as const;

/** The most statuses, and the most resolutions, of a workflow. */
export const most = 50;

/** The default rules: everybody who may write may take the step, and it requires nothing. */
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
