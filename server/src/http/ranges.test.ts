import { describe, expect, test } from 'vitest';
import { mayApply, readRange } from './ranges.ts';

describe('a Range of a file of 10 bytes', () => {
  test.each([
    ['bytes=0-3', { start: 0, end: 3 }],
    ['bytes=3-3', { start: 3, end: 3 }],
    ['bytes=4-', { start: 4, end: 9 }],
    ['bytes=9-', { start: 9, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-10', { start: 0, end: 9 }],
    ['BYTES=0-3', { start: 0, end: 3 }],
    ['bytes= ,0-3 ,', { start: 0, end: 3 }],
  ])('names bytes: %s', (header, range) => {
    expect(readRange(header, 10)).toEqual(range);
  });

  test.each([
    ['bytes=4-10', { start: 4, end: 9 }],
    ['bytes=0-99999999999999999999999', { start: 0, end: 9 }],
    ['bytes=-11', { start: 0, end: 9 }],
    [`bytes=-${'9'.repeat(400)}`, { start: 0, end: 9 }],
  ])('that is longer than the file ends with it: %s', (header, range) => {
    expect(readRange(header, 10)).toEqual(range);
  });

  test.each(['bytes=10-', 'bytes=10-20', 'bytes=-0', `bytes=${'9'.repeat(400)}-`])(
    'that names no byte of it is unsatisfiable: %s',
    (header) => {
      expect(readRange(header, 10)).toBe('unsatisfiable');
    },
  );

  test.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=3',
    'bytes=3-2',
    'bytes=0-1,3-4',
    'bytes=20-,0-1',
    'lines=0-3',
    'bytes=a-3',
    'bytes=--3',
    'bytes=0x1-3',
    'bytes=1.5-3',
    'bytes=0-3;q=1',
  ])('is ignored if it has several ranges, another unit, or is malformed: %s', (header) => {
    expect(readRange(header, 10)).toBeUndefined();
  });
});

test('an empty file has no byte to name, and its last bytes are the whole', () => {
  expect([readRange('bytes=0-', 0), readRange('bytes=-0', 0)]).toEqual(['unsatisfiable', 'unsatisfiable']);
  expect(readRange('bytes=-5', 0)).toBeUndefined();
});

test('If-Range lets a Range apply only with the same strong tag', () => {
  expect([undefined, '"a"', ' "a" '].map((header) => mayApply(header, '"a"'))).toEqual([true, true, true]);
  const others = ['', '*', 'a', '"b"', 'W/"a"', '"a", "b"', 'Tue, 01 Dec 2026 00:00:00 GMT'];
  for (const other of others) expect([other, mayApply(other, '"a"')]).toEqual([other, false]);
});
