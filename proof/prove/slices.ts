import { afterAll, expect, test } from 'vitest';
import { type Check, runCheck } from './check.ts';
import { SharedStages } from './stage.ts';

const timeout = 120_000;

/** Tests a part of what `npm run prove` does in full, so that no change breaks a promise or its check unnoticed. */
export function testSlices(checks: readonly Check[]): void {
  const shared = new SharedStages();
  const some = checks.filter(({ slice }) => slice > 0);
  afterAll(async () => expect(await shared.strike()).toEqual([]), timeout);
  test.each(some.map((check) => ({ id: check.id, check })))('a slice of $id', { timeout }, async ({ check }) => {
    const impossible = check.impossible?.();
    if (impossible !== undefined) {
      console.log(`${check.id}: ${impossible}`);
      return;
    }
    const { violations } = await runCheck(check, { seed: 7, size: check.slice, shared });
    expect(violations.slice(0, 10)).toEqual([]);
  });
}
