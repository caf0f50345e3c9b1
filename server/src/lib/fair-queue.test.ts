import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

/** A queue of one job at a time, whose jobs end when told to. */
function queue(max_waiting: number) {
  const fair = new FairQueue({ max_running: 1, max_waiting });
  const ends: (() => void)[] = [];
  const begun: string[] = [];
  const add = (name: string, who: string) =>
    fair.run(who, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
      return name;
    });
  const endAll = async () => {
    for (let end = ends.shift(); end !== undefined; end = ends.shift()) {
      end();
      await sleep(0);
    }
  };
  return { add, begun, endAll };
}

describe('a fair queue', () => {
  test('lets waiting callers take turns, and runs the jobs of each in order', async () => {
    const { add, begun, endAll } = queue(64);
    const jobs = [
      ...['a1', 'a2', 'a3', 'a4'].map((name) => add(name, 'a')),
      add('b1', 'b'),
      add('c1', 'c'),
      add('b2', 'b'),
    ];
    await endAll();
    expect(await Promise.all(jobs)).toEqual(['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2']);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  test('gives a newcomer the last place of the caller with the most jobs when it is full', async () => {
    const { add, begun, endAll } = queue(3);
    const jobs = [...['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => add(name, 'a')), add('b1', 'b'), add('b2', 'b')];
    const outcomes = Promise.allSettled(jobs);
    await sleep(0);
    await endAll();
    expect((await outcomes).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected', // a4 gave way to b1
      'rejected', // a5 found no place
      'fulfilled',
      'rejected', // a has only one job more than b
    ]);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
    await expect(jobs[4]).rejects.toMatchObject({ code: 'overloaded', retry_after_s: 5 });
  });

  test('continues after a failed job', async () => {
    const fair = new FairQueue({ max_running: 1, max_waiting: 1 });
    const failed = fair.run('a', () => Promise.reject(new Error('failed')));
    const next = fair.run('b', () => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('failed');
    expect(await next).toBe('done');
    expect(await fair.run('a', () => Promise.resolve('again'))).toBe('again');
  });
});
