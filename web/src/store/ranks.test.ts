import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankBelow } from './ranks.ts';

const rank = fc.stringMatching(/^[0-9A-Za-z]{0,6}[1-9A-Za-z]$/);

test('a ticket placed below another sorts between it and the next one', () => {
  fc.assert(
    fc.property(rank, rank, (one, other) => {
      const [above = '', below = ''] = [one, other].toSorted();
      fc.pre(above !== below);
      const between = rankBelow(above, below);
      expect(above < between && between < below).toBe(true);
    }),
  );
});

test('several tickets can be placed in one gap, above all and below all, before the server responds', () => {
  for (const above of ['', '7ffffff8V']) {
    let below: string | undefined;
    for (let n = 0; n < 10; n++) {
      const placed = rankBelow(above, below);
      expect([placed > above, below === undefined || placed < below]).toEqual([true, true]);
      below = placed;
    }
  }
});
