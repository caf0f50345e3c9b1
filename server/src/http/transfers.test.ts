import { EventEmitter } from 'node:events';
import type { Response } from 'express';
import { describe, expect, test } from 'vitest';
import { Transfers } from './transfers.ts';

const ada = { user_id: 'ada', network: '192.0.2.1' };
const grace = { user_id: 'grace', network: '192.0.2.1' };
const refusal = { code: 'rate_limited', headers: { 'RateLimit-Policy': '"files";q=6;qu="concurrent-requests"' } };

/** A response of which only the end matters. */
const responseOf = () => Object.assign(new EventEmitter(), { closed: false }) as unknown as Response & EventEmitter;
const several = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe('a download that finds no room', () => {
  test('begins when another transfer of its account ends, in the order of the requests', async () => {
    const transfers = new Transfers();
    const running = several(6, () => transfers.begin(ada));
    const begun: number[] = [];
    const waiting = [1, 2].map((n) => transfers.beginSoon(ada, responseOf()).then(() => begun.push(n)));
    expect((await transfers.beginSoon(grace, responseOf())).length).toBe(0); // another account has room
    for (const n of [1, 2]) {
      expect(begun).toHaveLength(n - 1);
      running.pop()?.();
      await waiting[n - 1];
    }
    expect(begun).toEqual([1, 2]);
    await expect(async () => transfers.begin(ada)).rejects.toMatchObject(refusal);
  });

  test('is refused after a while, and leaves room when its client has left', async () => {
    const transfers = new Transfers(50);
    const [end] = several(6, () => transfers.begin(ada));
    await expect(transfers.beginSoon(ada, responseOf())).rejects.toMatchObject(refusal);
    const left = responseOf();
    const waiting = transfers.beginSoon(ada, left);
    left.emit('close');
    await expect(waiting).rejects.toMatchObject({ code: 'malformed_request' });
    end?.();
    transfers.begin(ada);
  });

  test('is refused at once if a hundred of its account wait', async () => {
    const transfers = new Transfers(1000);
    for (const begin of several(6, () => () => transfers.begin(ada))) begin();
    const waiting = several(100, () => transfers.beginSoon(ada, responseOf()).catch((error: unknown) => error));
    const began = performance.now();
    await expect(transfers.beginSoon(ada, responseOf())).rejects.toMatchObject(refusal);
    expect(performance.now() - began).toBeLessThan(500);
    expect(await Promise.all(waiting)).toHaveLength(100);
  });
});
