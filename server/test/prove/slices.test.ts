import { describe, expect, test } from 'vitest';
import { runCheck } from './check.ts';
import { checks } from './checks.ts';

// A part of what `npm run prove` does in full, so that no change breaks a promise or its check unnoticed.

describe.each(checks.map((check) => ({ id: check.id, check })))('$id', ({ check }) => {
  const impossible = check.impossible?.();

  test.skipIf(impossible !== undefined)(
    `${check.promises.join(' ')}: ${check.says}`,
    { timeout: 120_000 },
    async () => {
      const { violations } = await runCheck(check, { seed: 7, size: check.slice });
      expect(violations.slice(0, 10)).toEqual([]);
    },
  );

  test.skipIf(impossible !== undefined).each(Object.keys(check.controls))(
    'control: is seen to break by: %s',
    { timeout: 120_000 },
    async (control) => {
      const { violations } = await runCheck(check, { seed: 7, size: check.control_size, control });
      expect(violations.length).toBeGreaterThan(0);
    },
  );
});
