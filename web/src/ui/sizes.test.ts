import { expect, test } from 'vitest';
import { shownSize } from './sizes.ts';

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [1_450, '1.5 kB'],
  [48_213, '48 kB'],
  [999_600, '1 MB'],
  [52_428_800, '52 MB'],
  [3_200_000_000, '3.2 GB'],
])('%i bytes are shown as %s', (bytes, shown) => {
  expect(shownSize(bytes)).toBe(shown);
});
