import { expect, test } from 'vitest';
import type { Change } from './changes.ts';
import type { Outcome } from './outcome.ts';
import { makeRefusal, makeTicket, makeWorld, settle } from './testing.ts';

const labels: Change = { kind: 'labels', add: ['late'], remove: [] };
const done = (id: string): Outcome => ({ kind: 'done', ticket: makeTicket({ id, labels: ['late'], version: 2 }) });

/** Several tickets, and an act that changes all of them. */
function makeAct(count: number) {
  const world = makeWorld();
  const ids = Array.from({ length: count }, (_, index) => `t${index}`);
  world.tickets.receive(
    ids.map((id) => makeTicket({ id, key: id.toUpperCase() })),
    world.tickets.ask(),
  );
  const changes = ids.map((id) => ({
    workspace_id: 'w',
    ticket_id: id,
    ticket_key: id.toUpperCase(),
    change: labels,
    base_version: 1,
  }));
  return { ...world, ids, act: world.operations.addAll(changes) };
}

test('changes of several tickets are shown at once, and sent in one request', async () => {
  const { ids, tickets, together, sent, operations } = makeAct(3);
  expect(ids.map((id) => tickets.shown(id)?.labels)).toEqual([['late'], ['late'], ['late']]);
  await settle();
  expect([sent.length, together.length, together[0]?.operations.length]).toEqual([0, 1, 3]);
  await together[0]?.respond([done('t0'), makeRefusal('conflict', { current_version: 5 }), done('t2')]);
  expect(operations.of('t0')).toEqual([]);
  expect(operations.of('t1')).toMatchObject([{ refusal: { code: 'conflict' } }]);
  expect(ids.map((id) => tickets.shown(id)?.labels)).toEqual([['late'], [], ['late']]);
});

test('a bulk request without a response is repeated unchanged under the same key', async () => {
  const { ids, together, timers, operations } = makeAct(3);
  await settle();
  await together[0]?.respond(ids.map(() => ({ kind: 'later', cause: 'unreachable' })));
  expect(timers.length).toBe(1);
  timers[0]?.();
  await settle();
  expect(together.length).toBe(2);
  expect(together[1]?.key).toBe(together[0]?.key);
  expect(together[1]?.operations.map(({ ticket_id }) => ticket_id)).toEqual(ids);
  await together[1]?.respond(ids.map(done));
  expect(operations.all()).toEqual([]);
});

test('more than 100 changes are sent in requests of 100', async () => {
  const { together } = makeAct(154);
  await settle();
  expect(together.map((one) => one.operations.length)).toEqual([100, 54]);
  expect(new Set(together.map(({ key }) => key)).size).toBe(2);
});

test('a ticket with an earlier unsent change follows in its own request', async () => {
  const world = makeAct(0);
  const { tickets, operations, together, sent } = world;
  const ids = ['a', 'b', 'c'];
  tickets.receive(
    ids.map((id) => makeTicket({ id, key: id })),
    tickets.ask(),
  );
  operations.add(
    { workspace_id: 'w', ticket_id: 'b', ticket_key: 'b' },
    { kind: 'edit', field: 'title', value: 'T' },
    1,
  );
  operations.addAll(
    ids.map((id) => ({ workspace_id: 'w', ticket_id: id, ticket_key: id, change: labels, base_version: 1 })),
  );
  await settle();
  expect(together[0]?.operations.map(({ ticket_id }) => ticket_id)).toEqual(['a', 'c']);
  await sent[0]?.respond({ kind: 'done', ticket: makeTicket({ id: 'b', title: 'T', version: 2 }) });
  expect(sent[1]?.operation).toMatchObject({ ticket_id: 'b', change: labels });
});

test('stored changes are sent again in the same bulk request after a reload', async () => {
  const before = makeAct(3);
  await settle();
  const kept = [...before.kept.values()];
  expect(kept.map(({ together }) => together)).toMatchObject([
    { index: 0, of: 3 },
    { index: 1, of: 3 },
    { index: 2, of: 3 },
  ]);
  const after = makeWorld();
  after.operations.restore(kept.toReversed());
  await settle();
  expect(after.together.map(({ key }) => key)).toEqual(before.together.map(({ key }) => key));
  expect(after.together[0]?.operations.map(({ ticket_id }) => ticket_id)).toEqual(before.ids);
});
