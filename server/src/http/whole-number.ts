import { z } from 'zod';

/**
 * A whole number in a path or a query. It is written in decimal digits: an empty value, `1e2` and `0x10` are refused, which
 * JavaScript would read as 0, 100 and 16.
 */
export function wholeNumber({ min, max, by_default }: { min: number; max: number; by_default?: number }) {
  const number = z
    .number({ error: `Expected a whole number in digits, from ${min} to ${max}.` })
    .int()
    .min(min)
    .max(max);
  return z.preprocess(
    (text) => (typeof text === 'string' && /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : text),
    by_default === undefined ? number : number.default(by_default),
  );
}
