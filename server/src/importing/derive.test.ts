import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planSource } from '../../../proof/replay/fixture.ts';

let tickets = 0;

/** A ticket's operations: created in the first status, then moved by [from, to, resolution]. */
function life(start: string | null, ...moves: (readonly [from: string | null, to: string, resolution?: string])[]) {
  tickets += 1;
  const head = { ticket: `BUG-${tickets}`, by: 'Ann Ng' };
  return [
    { ...head, at: '2020-01-01T00:00:00Z', op: 'create', set: start === null ? {} : { status: start } },
    ...moves.map(([from, to, resolution], index) => ({
      ...head,
      at: `2020-01-02T00:0${index}:00Z`,
      op: 'change',
      set: { status: [from, to], ...(resolution && { resolution: [null, resolution] }) },
    })),
  ];
}

async function derived(...lives: object[][]) {
  return (await planSource({ operations: lives.flat() })).mapping;
}

test('a derived workflow has the statuses, initial statuses, transitions and resolutions of the data', async () => {
  const { workflow } = await derived(
    life('UNCONFIRMED', ['UNCONFIRMED', 'In Progress'], ['In Progress', 'RESOLVED', "Won't Fix"]),
    life('UNCONFIRMED', ['UNCONFIRMED', 'Need Info'], ['Need Info', 'UNCONFIRMED']),
    life('In Progress'),
  );
  expect(workflow.statuses).toEqual([
    { key: 'unconfirmed', name: 'UNCONFIRMED', category: 'todo' },
    { key: 'in_progress', name: 'In Progress', category: 'in_progress' },
    { key: 'resolved', name: 'RESOLVED', category: 'done' },
    { key: 'need_info', name: 'Need Info', category: 'waiting' },
  ]);
  expect(workflow.initial).toEqual(['unconfirmed', 'in_progress']);
  expect(workflow.transitions.map(({ from, to }) => `${from} → ${to}`)).toEqual([
    'unconfirmed → in_progress',
    'unconfirmed → need_info',
    'in_progress → resolved',
    'need_info → unconfirmed',
  ]);
  expect(workflow.transitions[0]).toMatchObject({ roles: ['owner', 'admin', 'member'], requires: [] });
  expect(workflow.resolutions).toEqual(['wont_fix']);
});

test('a gap in a chain of statuses gives the transition that the replay takes, not the one that the source claims', async () => {
  const { workflow } = await derived(life('New', ['Working', 'Shut']));
  expect(workflow.transitions).toMatchObject([{ from: 'new', to: 'shut' }]);
  expect(workflow.statuses.map(({ key }) => key)).toEqual(['new', 'shut']);
});

test('a ticket without a status in the source starts in the commonest initial status', async () => {
  const { workflow } = await derived(life(null), life('Triage'), life('Triage'), life('Open'));
  expect(workflow.initial).toEqual(['triage', 'open']);
  expect((await derived(life(null))).workflow.initial).toEqual(['new']);
});

test('resolutions beyond the limit of a workflow share "other"', async () => {
  const moves = Array.from({ length: 60 }, (_, n) => ['Open', 'Done', `Reason ${n}`] as const);
  const { workflow, resolutions } = await derived(...moves.map((move) => life('Open', move)));
  expect(workflow.resolutions).toHaveLength(50);
  expect(workflow.resolutions.at(-1)).toBe('other');
  expect(resolutions.get('Reason 59')).toBe('other');
  expect(resolutions.get('Reason 0')).toBe('reason_0');
});

test('for any source, every plan is legal in the derived workflow, and every status is reachable', async () => {
  const status = fc.constantFrom('New', 'new', 'In Progress', 'closed', 'Bestätigt', '完了', '');
  const change = fc.tuple(fc.option(status), status);
  const lives = fc.array(fc.tuple(fc.option(status), fc.array(change, { maxLength: 8 })), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(lives, async (given) => {
      const { mapping, plans } = await planSource({
        operations: given.flatMap(([start, moves]) => life(start, ...moves)),
      });
      const { statuses, initial, transitions } = mapping.workflow;
      const allowed = new Set(transitions.map(({ from, to }) => `${from} ${to}`));
      const reached = new Set(initial);
      for (let size = 0; size < reached.size; ) {
        size = reached.size;
        for (const { from, to } of transitions) if (reached.has(from)) reached.add(to);
      }
      expect([...reached].sort()).toEqual(statuses.map(({ key }) => key).sort());
      for (const { steps, expected } of plans.values()) {
        const visited = steps
          .flatMap(({ calls }) => calls)
          .flatMap((call) => {
            if (call.kind === 'create') return [call.status];
            return call.kind === 'transition' ? [call.to] : [];
          });
        expect(initial).toContain(visited[0]);
        expect(visited.at(-1)).toBe(expected.status);
        const moves = visited.slice(1).map((to, index) => `${visited[index]} ${to}`);
        expect(moves.filter((move) => !allowed.has(move))).toEqual([]);
        expect(expected.changes.map(({ from, to }) => `${from} ${to}`)).toEqual(moves);
      }
    }),
    { numRuns: 60 },
  );
});
