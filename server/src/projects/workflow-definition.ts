import { z } from 'zod';
import { line } from '../http/contract.ts';

/** What a status means to anyone who doesn’t know the workflow. */
export const status_category = z.enum(['todo', 'in_progress', 'waiting', 'done']).meta({ id: 'StatusCategory' });

// `abort`: a malformed key is reported once, not a second time as an unknown status.
const key = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, { abort: true })
  .max(40);

export const workflow_status = z
  .strictObject({
    key: key.meta({ example: 'in_progress' }),
    name: line(80),
    category: status_category,
  })
  .meta({ id: 'WorkflowStatus' });

export const workflow_transition = z
  .strictObject({
    from: key,
    to: key,
    roles: z
      .array(z.enum(['owner', 'admin', 'member']))
      .min(1)
      .max(3)
      .default(['owner', 'admin', 'member'])
      .meta({ description: 'The roles that may take this transition.' }),
    requires: z
      .array(z.enum(['resolution', 'assignee_id', 'comment']))
      .max(3)
      .default([])
      .meta({ description: 'The fields that the ticket or the request must have.' }),
  })
  .meta({ id: 'WorkflowTransition' });

export const workflow_fields = {
  statuses: z.array(workflow_status).min(1).max(50),
  initial: z
    .array(key)
    .min(1)
    .max(50)
    .meta({ description: 'The statuses a ticket may be created in; the first is the default.' }),
  transitions: z.array(workflow_transition).max(2500),
  resolutions: z.array(key).max(50).default([]),
};

const unchecked = z.strictObject(workflow_fields);
export type WorkflowDefinition = z.output<typeof unchecked>;

type Fault = (path: PropertyKey[], message: string) => void;

function checkKeys(definition: WorkflowDefinition, fault: Fault): void {
  const seen = new Set<string>();
  definition.statuses.forEach((status, index) => {
    if (seen.has(status.key)) fault(['statuses', index, 'key'], `The status ${status.key} appears twice.`);
    seen.add(status.key);
  });
  definition.initial.forEach((initial, index) => {
    if (!seen.has(initial)) fault(['initial', index], `There is no status ${initial}.`);
  });
  const steps = new Set<string>();
  definition.transitions.forEach(({ from, to }, index) => {
    for (const end of ['from', 'to'] as const) {
      const status = end === 'from' ? from : to;
      if (!seen.has(status)) fault(['transitions', index, end], `There is no status ${status}.`);
    }
    if (from === to) fault(['transitions', index, 'to'], 'A transition must lead to another status.');
    if (steps.has(`${from} ${to}`)) fault(['transitions', index], `The transition ${from} to ${to} appears twice.`);
    steps.add(`${from} ${to}`);
  });
}

function checkRequirements(definition: WorkflowDefinition, fault: Fault): void {
  const done = new Set(definition.statuses.filter(({ category }) => category === 'done').map((status) => status.key));
  definition.transitions.forEach(({ to, requires }, index) => {
    if (!requires.includes('resolution')) return;
    const path = ['transitions', index, 'requires'];
    if (!done.has(to)) fault(path, 'Only a transition to a status of the category done can require a resolution.');
    if (definition.resolutions.length === 0)
      fault(path, 'A required resolution needs at least one entry in resolutions.');
  });
}

/** The statuses that no ticket can ever reach. */
export function unreachableStatuses(definition: WorkflowDefinition): string[] {
  const reached = new Set(definition.initial);
  // Iterating over a Set also visits elements that are added meanwhile.
  for (const status of reached) {
    for (const { from, to } of definition.transitions) if (from === status) reached.add(to);
  }
  return definition.statuses.map((status) => status.key).filter((status) => !reached.has(status));
}

/** Reports the faults of a workflow as issues: its keys, its required resolutions, and statuses that no ticket can reach. */
export function checkWorkflow(definition: WorkflowDefinition, context: z.RefinementCtx): void {
  const fault: Fault = (path, message) => context.addIssue({ code: 'custom', path, message });
  checkKeys(definition, fault);
  checkRequirements(definition, fault);
  const unreachable = new Set(unreachableStatuses(definition));
  definition.statuses.forEach((status, index) => {
    if (unreachable.has(status.key)) fault(['statuses', index], `No ticket can reach ${status.key}.`);
  });
}

interface Mapped {
  statuses?: Record<string, string> | undefined;
  resolutions?: Record<string, string | null> | undefined;
}

/** Reports faults of a mapping: it may map only what the workflow doesn't have, and only to what it has. */
export function checkMapping(mapping: Mapped, definition: WorkflowDefinition, context: z.RefinementCtx): void {
  const check = (field: keyof Mapped, known: readonly string[]) => {
    for (const [from, to] of Object.entries(mapping[field] ?? {})) {
      const path = ['mapping', field, from];
      const fault = (message: string) => context.addIssue({ code: 'custom', path, message });
      if (known.includes(from)) fault(`The workflow keeps ${from}.`);
      if (to !== null && !known.includes(to))
        fault(`The workflow has no ${field === 'statuses' ? 'status' : 'resolution'} ${to}.`);
    }
  };
  check(
    'statuses',
    definition.statuses.map((status) => status.key),
  );
  check('resolutions', definition.resolutions);
}

export const workflow_definition = unchecked.superRefine(checkWorkflow).meta({ id: 'WorkflowDefinition' });

const resolutions = ['fixed', 'duplicate', 'invalid', 'wont_fix', 'cannot_reproduce', 'no_response'];
const open = { key: 'open', name: 'Open', category: 'todo' } as const;
const in_progress = { key: 'in_progress', name: 'In progress', category: 'in_progress' } as const;
const waiting = { key: 'waiting', name: 'Waiting', category: 'waiting' } as const;
const resolved = { key: 'resolved', name: 'Resolved', category: 'done' } as const;
const closed = { key: 'closed', name: 'Closed', category: 'done' } as const;

type Requirement = WorkflowDefinition['transitions'][number]['requires'];

function step(from: string, to: string, requires: Requirement = []): WorkflowDefinition['transitions'][number] {
  return { from, to, roles: ['owner', 'admin', 'member'], requires };
}

/**
 * The workflows to start from. Of 93,704 real tickets from six trackers, `strict` accepts the whole history of 22 %. If tickets could
 * skip statuses forward, it would accept 89 %. `standard` accepts 100 %: it also allows moving back, reopening (5 % of the tickets
 * were reopened, closed ones too) and waiting (every fifth status change enters or leaves it).
 */
export const presets = {
  strict: {
    statuses: [open, in_progress, resolved, closed],
    initial: ['open'],
    transitions: [step('open', 'in_progress'), step('in_progress', 'resolved'), step('resolved', 'closed')],
    resolutions,
  },
  standard: {
    statuses: [open, in_progress, waiting, resolved, closed],
    initial: ['open'],
    transitions: [
      step('open', 'in_progress'),
      step('in_progress', 'open'),
      ...['open', 'in_progress', 'waiting'].flatMap((from) =>
        ['resolved', 'closed'].map((to) => step(from, to, ['resolution'])),
      ),
      ...['open', 'in_progress'].flatMap((active) => [step(active, 'waiting'), step('waiting', active)]),
      step('resolved', 'closed'),
      ...['resolved', 'closed'].flatMap((done) => [step(done, 'open'), step(done, 'in_progress')]),
    ],
    resolutions,
  },
} satisfies Record<string, WorkflowDefinition>;
