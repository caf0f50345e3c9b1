import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { presets, workflow_definition } from '../projects/workflow-definition.ts';
import { allowedTransitions, categoryOf, decideTransition, initialStatus } from './workflow.ts';

const roles = ['owner', 'admin', 'member', 'viewer'] as const;
const preset = fc.constantFrom(presets.strict, presets.standard);
const blank = { status: 'open', resolution: null, assignee_id: null };

test('every preset passes its own schema', () => {
  for (const definition of Object.values(presets)) {
    expect(workflow_definition.parse(definition)).toEqual(definition);
  }
});

test('the strict chain is exactly open, in_progress, resolved, closed', () => {
  expect(presets.strict.transitions.map(({ from, to }) => `${from} ${to}`)).toEqual([
    'open in_progress',
    'in_progress resolved',
    'resolved closed',
  ]);
});

describe('a decision', () => {
  test('agrees with the allowed transitions, for every status, target and role', () => {
    for (const definition of Object.values(presets)) {
      const keys = definition.statuses.map(({ key }) => key);
      for (const role of roles) {
        for (const status of keys) {
          const allowed = allowedTransitions(definition, status, role).map(({ to }) => to);
          for (const to of keys) {
            const resolution = categoryOf(definition, to) === 'done' ? 'fixed' : undefined;
            const decision = decideTransition({
              definition,
              ticket: { ...blank, status },
              role,
              request: { to, resolution },
            });
            expect([status, to, role, decision.ok]).toEqual([status, to, role, allowed.includes(to)]);
          }
        }
      }
    }
  });

  test('distinguishes a transition that does not exist from one that this role may not take', () => {
    const definition = {
      ...presets.strict,
      transitions: [{ from: 'open', to: 'in_progress', roles: ['admin' as const], requires: [] }],
    };
    const ask = (to: string, role: (typeof roles)[number]) =>
      decideTransition({ definition, ticket: blank, role, request: { to } });
    expect(ask('in_progress', 'admin')).toEqual({ ok: true, changes: { ...blank, status: 'in_progress' } });
    expect(ask('in_progress', 'member')).toEqual({
      ok: false,
      reason: 'transition_forbidden',
      data: { required: ['admin'] },
    });
    expect(ask('in_progress', 'viewer')).toEqual({
      ok: false,
      reason: 'transition_forbidden',
      data: { required: ['admin'] },
    });
    expect(ask('closed', 'admin')).toEqual({ ok: false, reason: 'transition_not_allowed' });
    expect(ask('open', 'admin')).toEqual({ ok: false, reason: 'transition_not_allowed' });
    expect(ask('elsewhere', 'admin')).toEqual({ ok: false, reason: 'unknown_status' });
  });

  test('keeps a resolution between done statuses, replaces it on request, and clears it outside them', () => {
    const ticket = { status: 'resolved', resolution: 'fixed', assignee_id: 'a' };
    const move = (request: { to: string; resolution?: string }) =>
      decideTransition({ definition: presets.standard, ticket, role: 'member', request });
    expect(move({ to: 'closed' })).toEqual({ ok: true, changes: { ...ticket, status: 'closed' } });
    expect(move({ to: 'closed', resolution: 'invalid' })).toMatchObject({ changes: { resolution: 'invalid' } });
    expect(move({ to: 'open' })).toEqual({ ok: true, changes: { ...ticket, status: 'open', resolution: null } });
    expect(move({ to: 'open', resolution: 'fixed' })).toEqual({ ok: false, reason: 'resolution_not_allowed' });
    expect(move({ to: 'closed', resolution: 'because' })).toEqual({ ok: false, reason: 'unknown_resolution' });
  });

  test('accepts a required field from the request or the ticket, but a comment from the request only', () => {
    const requires = ['resolution', 'assignee_id', 'comment'] as ('resolution' | 'assignee_id' | 'comment')[];
    const definition = {
      ...presets.strict,
      transitions: [{ from: 'resolved', to: 'closed', roles: ['member' as const], requires }],
    };
    const ask = (ticket: typeof blank | { status: string; resolution: string; assignee_id: string }, request: object) =>
      decideTransition({ definition, ticket, role: 'member', request: { to: 'closed', ...request } });
    const bare = { ...blank, status: 'resolved' };
    const full = { status: 'resolved', resolution: 'fixed', assignee_id: 'a' };
    expect(ask(bare, {})).toEqual({ ok: false, reason: 'fields_required', data: { missing: requires } });
    expect(ask(full, {})).toMatchObject({ data: { missing: ['comment'] } });
    expect(ask(full, { comment: 'c', assignee_id: null })).toMatchObject({ data: { missing: ['assignee_id'] } });
    expect(ask(full, { comment: 'c' }).ok).toBe(true);
    expect(ask(bare, { comment: 'c', resolution: 'fixed', assignee_id: 'b' })).toMatchObject({
      ok: true,
      changes: { assignee_id: 'b', resolution: 'fixed' },
    });
  });
});

test('any sequence of allowed transitions stays in the workflow, and only done tickets have a resolution', () => {
  fc.assert(
    fc.property(preset, fc.array(fc.nat(), { maxLength: 30 }), (definition, choices) => {
      let ticket: { status: string; resolution: string | null; assignee_id: string | null } = {
        ...blank,
        status: initialStatus(definition) ?? '',
      };
      for (const choice of choices) {
        const steps = allowedTransitions(definition, ticket.status, 'member');
        const step = steps[choice % Math.max(steps.length, 1)];
        if (step === undefined) return;
        const resolution = step.requires.includes('resolution') ? 'fixed' : undefined;
        const decision = decideTransition({ definition, ticket, role: 'member', request: { to: step.to, resolution } });
        expect(decision.ok).toBe(true);
        if (decision.ok) ticket = decision.changes;
        if (categoryOf(definition, ticket.status) !== 'done') expect(ticket.resolution).toBeNull();
      }
    }),
  );
});

test('a ticket can start only in an initial status', () => {
  const definition = { ...presets.standard, initial: ['open', 'waiting'] };
  expect([undefined, 'open', 'waiting', 'closed'].map((asked) => initialStatus(definition, asked))).toEqual([
    'open',
    'open',
    'waiting',
    undefined,
  ]);
});

test('a status that the workflow does not have has no category', () => {
  expect(() => categoryOf(presets.strict, 'waiting')).toThrow('no status waiting');
});
