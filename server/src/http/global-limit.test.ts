import type { Response } from 'express';
import { afterEach, expect, test, vi } from 'vitest';
import { GlobalLimit } from './global-limit.ts';

afterEach(() => {
  vi.useRealTimers();
});

const res = { setHeader: () => undefined } as unknown as Response;

test('the refused requests of one network take nothing from the other networks of its IPv6 site', () => {
  const limit = new GlobalLimit(100);
  const ask = (ip: string) => limit.count(ip, res, 1);
  for (let n = 0; n < 100; n++) ask('2001:db8:1:1::1');
  for (let n = 0; n < 1000; n++) expect(() => ask('2001:db8:1:1::1')).toThrow();
  for (let n = 0; n < 100; n++) expect(() => ask('2001:db8:1:2::1')).not.toThrow();
});

test('what the limit of an IPv6 site refuses takes nothing from the network that asked', () => {
  vi.useFakeTimers();
  const limit = new GlobalLimit(100);
  const ask = (network: number) => limit.count(`2001:db8:1:${network}::1`, res, 1);
  for (const network of [1, 2, 3, 4]) for (let n = 0; n < 100; n++) ask(network);
  for (let n = 0; n < 100; n++) expect(() => ask(5)).toThrow();
  vi.advanceTimersByTime(15_000); // a quarter of a minute, in which the site may ask 100 times
  for (let n = 0; n < 100; n++) expect(() => ask(5)).not.toThrow();
});
