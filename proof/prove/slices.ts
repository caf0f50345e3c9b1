import { afterAll, expect, test } from 'vitest';
import { type Check, runCheck } from './check.ts';
import { SharedStages } from './stage.ts';

const timeout = 120_000;

/** Runs a small part of each check within npm test, so that no change breaks a promise or its check unnoticed. */
export function testSlices(checks: readonly Check[]): void {
  const shared = new SharedStages();
  const some = checks.filter(({ slice }) => slice > 0);
  afterAll(async () => expect(await shared.strike()).toEqual([]), timeout);
  test.each(some.map((check) => ({ id: check.id, check })))(
    'a small run of $id finds no violation',
    { timeout },
    async ({ check }) => {
      const impossible = check.impossible?.();
      if (impossible !== undefined) {
        console.log(`${check.id}: ${impossible}`);
        return;
      }
      const { violations } = await runCheck(check, { seed: 7, size: check.slice, shared });
      expect(violations.slice(0, 10)).toEqual([]);
    },
  );
}
