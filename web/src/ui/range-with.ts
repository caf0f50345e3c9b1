import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual';

/** What a virtual list draws, and the row at `kept`, if any, wherever it is: it would lose the focus. */
export const rangeWith = (kept: number) => (range: Range) => {
  const drawn = defaultRangeExtractor(range);
  return kept < 0 || drawn.includes(kept) ? drawn : [...drawn, kept].toSorted((a, b) => a - b);
};
