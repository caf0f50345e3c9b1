import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual';

/**
 * Returns the rows that a virtual list renders, always including the row at `kept`, which would otherwise lose the
 * focus.
 */
export const rangeWith = (kept: number) => (range: Range) => {
  const drawn = defaultRangeExtractor(range);
  return kept < 0 || drawn.includes(kept) ? drawn : [...drawn, kept].toSorted((a, b) => a - b);
};
