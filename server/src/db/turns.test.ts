import { expect, test, vi } from 'vitest';
import { type Asker, Turns } from './turns.ts';

/** Enters, and records whether it is the asker's turn. */
function enter(turns: Turns, asker: Asker) {
  const state = { entered: false, refused: '' };
  const waiting = turns.enter(asker);
  if (waiting === undefined) state.entered = true;
  else {
    waiting.then(
      () => (state.entered = true),
      (error: { code: string }) => (state.refused = error.code),
    );
  }
  return state;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const entered = (states: { entered: boolean }[]) => states.filter((state) => state.entered).length;
const many = (turns: Turns, count: number, asker: (n: number) => Asker) =>
  Array.from({ length: count }, (_, n) => enter(turns, asker(n)));

test('an account uses at most a quarter of the connections, and a workspace half', () => {
  const turns = new Turns(16);
  expect(entered(many(turns, 10, () => ({ user_id: 'ada', workspace_id: 'w' })))).toBe(4);
  expect(entered(many(turns, 10, (n) => ({ user_id: `u${n}`, workspace_id: 'w', writes: true })))).toBe(4);
  expect(enter(turns, { user_id: 'bob', workspace_id: 'x' }).entered).toBe(true);
  expect(enter(turns, { user_id: 'ada', workspace_id: 'x' }).entered).toBe(false);
});

test('writes that wait for locks leave connections to the readers of their workspace', () => {
  const turns = new Turns(16);
  expect(entered(many(turns, 20, (n) => ({ user_id: `u${n}`, workspace_id: 'w', writes: true })))).toBe(6);
  expect(entered(many(turns, 20, (n) => ({ user_id: `r${n}`, workspace_id: 'w' })))).toBe(2);
});

test('the reads of a workspace use at most a quarter of the connections', () => {
  const turns = new Turns(16);
  expect(entered(many(turns, 20, (n) => ({ user_id: `u${n}`, workspace_id: 'w' })))).toBe(4);
});

test('lists use at most a quarter of the connections, and those of a workspace or an account a sixteenth', () => {
  const turns = new Turns(32);
  expect(entered(many(turns, 9, (n) => ({ user_id: `u${n}`, workspace_id: 'w', list: true })))).toBe(2);
  expect(entered(many(turns, 9, (n) => ({ user_id: 'ada', workspace_id: `x${n}`, list: true })))).toBe(2);
  expect(entered(many(turns, 9, (n) => ({ user_id: `v${n}`, workspace_id: `y${n}`, list: true })))).toBe(4);
});

test('an account and a workspace compute one set of figures at a time, and leave room for others', () => {
  const turns = new Turns(16);
  expect(entered(many(turns, 9, (n) => ({ user_id: 'ada', workspace_id: `w${n}`, figures: true })))).toBe(1);
  expect(entered(many(turns, 9, (n) => ({ user_id: `u${n}`, workspace_id: 'w0', figures: true })))).toBe(0);
  expect(entered(many(turns, 9, (n) => ({ user_id: `v${n}`, workspace_id: `x${n}`, figures: true })))).toBe(1);
});

test('a small request overtakes the waiting lists of its account', () => {
  const turns = new Turns(16);
  const lists = many(turns, 20, () => ({ user_id: 'ada', workspace_id: 'w', list: true }));
  expect([entered(lists), enter(turns, { user_id: 'ada', workspace_id: 'w' }).entered]).toEqual([1, true]);
});

test('callers who are not signed in are distinguished by network, whatever account they name', async () => {
  const turns = new Turns(16);
  const flood = many(turns, 9, (n) => ({ user_id: `u${n}`, network: '10.0.0.1' }));
  expect(entered(flood)).toBe(4);
  const other = enter(turns, { user_id: 'u0', network: '10.0.0.2' });
  turns.leave({ user_id: 'u0', network: '10.0.0.1' });
  turns.leave({ user_id: 'u1', network: '10.0.0.1' });
  await settled();
  expect([entered(flood), other.entered]).toEqual([5, true]);
});

test('callers who are not signed in use at most a quarter of the connections, however many their networks are', () => {
  const turns = new Turns(16);
  expect(entered(many(turns, 9, (n) => ({ network: `10.0.0.${n}` })))).toBe(4);
  expect(enter(turns, { user_id: 'ada' }).entered).toBe(true);
});

test('accounts take turns, however many requests one of them has waiting', async () => {
  const turns = new Turns(4);
  const running = many(turns, 4, (n) => ({ user_id: `u${n}` }));
  expect(entered(running)).toBe(4);
  const ada = many(turns, 50, () => ({ user_id: 'ada' }));
  const bob = enter(turns, { user_id: 'bob' });
  turns.leave({ user_id: 'u0' });
  turns.leave({ user_id: 'u1' });
  await settled();
  expect([entered(ada), bob.entered]).toEqual([1, true]);
  turns.leave({ user_id: 'ada' });
  await settled();
  expect(entered(ada)).toBe(2);
});

test('too many waiting requests of one account are refused, and give way to others when all places are taken', async () => {
  const turns = new Turns(1);
  enter(turns, { user_id: 'u' });
  const floods = Array.from({ length: 4 }, (_, n) => many(turns, 128, () => ({ user_id: `flood${n}` })));
  expect(() => turns.enter({ user_id: 'flood0' })).toThrow(expect.objectContaining({ code: 'rate_limited' }));
  const other = enter(turns, { user_id: 'other' });
  await settled();
  expect(floods.flat().filter(({ refused }) => refused === 'overloaded')).toHaveLength(1);
  expect(other.refused).toBe('');
});

test('a request that waits too long is refused, and uses up no turn', async () => {
  vi.useFakeTimers();
  try {
    const turns = new Turns(1);
    enter(turns, { user_id: 'u' });
    const late = enter(turns, { user_id: 'late' });
    await vi.advanceTimersByTimeAsync(6_000);
    expect(late.refused).toBe('overloaded');
    const next = enter(turns, { user_id: 'next' });
    turns.leave({ user_id: 'u' });
    await vi.advanceTimersByTimeAsync(1);
    expect([late.entered, next.entered]).toEqual([false, true]);
  } finally {
    vi.useRealTimers();
  }
});
