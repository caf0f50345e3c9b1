import { pino } from 'pino';
import { register } from 'prom-client';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Loop, type LoopOptions } from './loop.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const step = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
let names = 0;

/** Starts a loop, and records when its passes begin. */
function run(pass: LoopOptions['pass'], interval_ms = 60_000) {
  const lines: { msg: string; [field: string]: unknown }[] = [];
  const log = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line) as (typeof lines)[number]) });
  const begun: number[] = [];
  const loop = new Loop({
    name: `task_${names++}`,
    interval_ms,
    log,
    pass: (one) => {
      begun.push(Date.now());
      return pass(one);
    },
  });
  loop.start();
  onTestFinished(() => loop.stop(0));
  return { loop, begun, lines, after: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

async function valueOf(metric: string, labels: Record<string, string>): Promise<number | undefined> {
  const found = await register.getSingleMetric(metric)?.get();
  return found?.values.find((one) => Object.entries(labels).every(([name, value]) => one.labels[name] === value))
    ?.value;
}

test('a loop with nothing left to do looks again after its interval, or up to half of it earlier', async () => {
  const { begun, after } = run(() => Promise.resolve('done'));
  await after(0);
  expect(begun.length).toBe(1);
  await after(29_999);
  expect(begun.length).toBe(1);
  await after(30_001);
  expect(begun.length).toBeGreaterThan(1);
});

test('a loop that always has more to do works a quarter of the time', async () => {
  const { begun, after } = run(async ({ goesOn }) => {
    while (goesOn()) await step(10);
    return 'more';
  });
  await after(60_000);
  expect(begun.length).toBeGreaterThan(13);
  expect(begun.length).toBeLessThan(17);
});

test('a hint starts a pass at once, or soon after the pass in progress', async () => {
  let finish = () => {};
  const { loop, begun, after } = run(() => new Promise((resolve) => (finish = () => resolve('done'))));
  await after(0);
  loop.wake();
  finish();
  await after(1_000);
  expect(begun.length).toBe(2);
  finish();
  await after(1_000);
  loop.wake();
  await after(0);
  expect(begun.length).toBe(3);
});

test('a loop whose passes fail retries less and less often, logs it, and returns to its interval after a success', async () => {
  let broken = true;
  const { loop, begun, lines, after } = run(({ count }) => {
    count(3);
    return broken ? Promise.reject(new Error('no')) : Promise.resolve('done');
  }, 1_000);
  await after(60_000);
  expect(begun.length).toBeGreaterThan(4);
  expect(begun.length).toBeLessThan(9);
  loop.wake(); // hints don't make it retry sooner
  await after(0);
  const failed = begun.length;
  await after(20 * 60_000);
  expect(begun.length - failed).toBeGreaterThan(3); // every five minutes at the slowest
  expect(lines.at(-1)).toMatchObject({ level: 40, msg: 'worker: pass failed', err: { message: 'no' }, rows: 3 });
  expect(await valueOf('baton_worker_passes_total', { task: loop.name, outcome: 'failed' })).toBe(begun.length);
  expect(await valueOf('baton_worker_last_success_timestamp_seconds', { task: loop.name })).toBeUndefined();
  broken = false;
  await after(5 * 60_000);
  const before = begun.length;
  await after(10_000);
  expect(begun.length - before).toBeGreaterThan(8);
  expect(lines.at(-1)).toMatchObject({ level: 30, msg: 'worker: pass', rows: 3, task: loop.name });
  expect(await valueOf('baton_worker_last_success_timestamp_seconds', { task: loop.name })).toBeGreaterThan(0);
  expect(await valueOf('baton_worker_rows_total', { task: loop.name })).toBe(begun.length * 3);
});

test('a loop stops after the step in progress, or after the given time if that step hangs', async () => {
  let steps = 0;
  const stepwise = run(async ({ goesOn }) => {
    while (goesOn()) {
      steps++;
      await step(100);
    }
    return 'more';
  });
  await stepwise.after(250);
  const stopped = stepwise.loop.stop(10_000);
  await stepwise.after(50);
  await stopped;
  expect(steps).toBe(3);
  const hanging = run(() => new Promise(() => {}));
  await hanging.after(0);
  let over = false;
  void hanging.loop.stop(5_000).then(() => (over = true));
  await hanging.after(4_999);
  expect(over).toBe(false);
  await hanging.after(1);
  expect(over).toBe(true);
  await hanging.after(600_000);
  expect([stepwise.begun.length, hanging.begun.length]).toEqual([1, 1]);
});
