import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { long_rank, rankBeside, rankOfNumber, ranksWithin, rankWithin } from './rank.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.split('');
const rank = fc
  .array(fc.constantFrom(...digits), { minLength: 1, maxLength: 12 })
  .map((all) => all.join('').replace(/0+$/, ''))
  .filter((text) => text !== '');
const gap = fc
  .tuple(fc.oneof(fc.constant(''), rank), fc.option(rank, { nil: undefined }))
  .map(([one, other]) => (other !== undefined && other < one ? [other, one] : [one, other]) as [string, string])
  .filter(([one, other]) => one !== other)
  .map(([above, below]) => ({ above, below: below as string | undefined }));

const isRank = (text: string | undefined) => text !== undefined && /^[0-9A-Za-z]*[1-9A-Za-z]$/.test(text);
const isIn = (text: string, { above, below }: { above: string; below: string | undefined }) =>
  above < text && (below === undefined || text < below);

describe('ranks', () => {
  test('exist between any two different ranks', () => {
    fc.assert(
      fc.property(gap, (between) => {
        const found = rankWithin(between, 7) ?? '';
        expect([found, isRank(found), isIn(found, between)]).toEqual([found, true, true]);
      }),
      { numRuns: 2000 },
    );
  });

  test('can be created within a gap in any number, in order and all different', () => {
    fc.assert(
      fc.property(gap, fc.integer({ min: 1, max: 300 }), (between, count) => {
        const found =
          ranksWithin(
            between,
            Array.from({ length: count }, (_, index) => count - index),
          ) ?? [];
        expect(found).toEqual([...new Set(found)].sort());
        expect(found).toHaveLength(count);
        expect(found.every((one) => isRank(one) && isIn(one, between))).toBe(true);
        // No longer than necessary: two digits beyond the gap’s ends tell the ranks apart, and the ending has seven.
        const longest = Math.max(between.above.length, between.below?.length ?? 0);
        expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(longest + 2 + 7);
      }),
      { numRuns: 500 },
    );
  });

  test('of two tickets are never the same, even in the same gap', () => {
    const number = fc.integer({ min: 1, max: 2_147_483_646 });
    fc.assert(
      fc.property(gap, gap, number, number, (one, other, first, second) => {
        fc.pre(first !== second);
        expect(rankWithin(one, first)).not.toBe(rankWithin(other, second));
        expect(rankBeside(one, 'above', first)).not.toBe(rankBeside(one, 'above', second));
      }),
    );
  });

  test('do not exist between a rank and itself, or in an inverted gap', () => {
    expect(rankWithin({ above: 'c1', below: 'c1' }, 1)).toBeUndefined();
    expect(rankWithin({ above: 'c2', below: 'c1' }, 1)).toBeUndefined();
    expect(rankBeside({ above: 'c1', below: 'c1' }, 'above', 1)).toBeUndefined();
  });

  test('that follow from tickets’ numbers are valid, and sort the newest ticket first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_147_483_646 }), (number) => {
        expect(isRank(rankOfNumber(number))).toBe(true);
        expect(rankOfNumber(number + 1) < rankOfNumber(number)).toBe(true);
      }),
    );
  });

  test('do not get longer when twenty thousand tickets are placed at one end', () => {
    let top = rankOfNumber(1000);
    let bottom = rankOfNumber(1);
    const floor = rankOfNumber(1001);
    for (let n = 0; n < 20_000; n++) {
      top = rankBeside({ above: floor, below: top }, 'below', n) ?? '';
      bottom = rankBeside({ above: bottom, below: undefined }, 'above', n) ?? '';
    }
    expect(top > floor && top < rankOfNumber(1000)).toBe(true);
    expect([top.length, bottom.length]).toEqual([19, 11]);
  });

  test('of 150 tickets, each placed right below the one before, stay shorter than the length that makes room', () => {
    const below = rankOfNumber(6);
    let above = rankOfNumber(7);
    for (let n = 0; n < 150; n++) above = rankWithin({ above, below }, n) ?? '';
    expect(above.length).toBeLessThan(long_rank);
  });
});
