import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LoopTurns } from './loop-turns.ts';

const busyFor = (ms: number) => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

test('a turn ends after a millisecond, and the event loop does other work between turns', async () => {
  const turns = new LoopTurns();
  const begun: number[] = [];
  for (let n = 0; n < 30; n++) {
    turns.take('flood', () => {
      begun.push(n);
      busyFor(1);
    });
  }
  const after_turns: number[] = [];
  while (begun.length < 30) {
    after_turns.push(begun.length);
    await setImmediate();
  }
  expect(after_turns[0]).toBe(1);
  expect(after_turns.length).toBeGreaterThan(20);
  expect(begun).toEqual(Array.from({ length: 30 }, (_, n) => n));
});

test('networks take turns, however much one of them sends', async () => {
  const turns = new LoopTurns();
  const order: string[] = [];
  const send = (network: string) =>
    turns.take(network, () => {
      order.push(network);
      busyFor(1);
    });
  for (let n = 0; n < 50; n++) send('flood');
  for (let n = 0; n < 3; n++) send('neighbour');
  while (order.length < 53) await setImmediate();
  expect(order.lastIndexOf('neighbour')).toBeLessThan(10);
});

test('a single request is begun at once', () => {
  let begun = false;
  new LoopTurns().take('one', () => (begun = true));
  expect(begun).toBe(true);
});
