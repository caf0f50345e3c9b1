import { describe, expect, test } from 'vitest';
import { type Check, runCheck } from './check.ts';

const timeout = 120_000;

/**
 * Tests a part of what `npm run prove` does in full, so that no change breaks a promise or its check unnoticed: the
 * build as it is, and the first of the broken ones.
 */
export function testSlices(checks: readonly Check[]): void {
  describe.each(checks.map((check) => ({ id: check.id, check })))('$id', ({ check }) => {
    const impossible = check.impossible?.();
    if (impossible !== undefined) console.log(`${check.id}: ${impossible}`);

    test.skipIf(impossible !== undefined)(`${check.promises.join(' ')}: ${check.says}`, { timeout }, async () => {
      const { violations } = await runCheck(check, { seed: 7, size: check.slice });
      expect(violations.slice(0, 10)).toEqual([]);
    });

    test.skipIf(impossible !== undefined).each(Object.keys(check.controls).slice(0, 1))(
      'control: is seen to break by: %s',
      { timeout },
      async (control) => {
        const { violations } = await runCheck(check, { seed: 7, size: check.control_size, control });
        expect(violations.length).toBeGreaterThan(0);
      },
    );
  });
}
