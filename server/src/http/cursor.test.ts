import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cursors } from './cursor.ts';

const cursors = new Cursors(randomBytes(32));
const position = { at: '2026-11-24T09:05:00.123456Z', id: '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90' };

test('a cursor is read by the list it was made for', () => {
  expect(cursors.decode(cursors.encode(position, 'list'), 'list')).toEqual(position);
});

test('a cursor of another list, secret, or altered in any byte is refused', () => {
  const cursor = cursors.encode(position, 'list');
  expect(() => cursors.decode(cursor, 'other')).toThrow('The cursor is not one of this list');
  expect(() => new Cursors(randomBytes(32)).decode(cursor, 'list')).toThrow();
  const bytes = Buffer.from(cursor, 'base64url');
  for (let index = 0; index < bytes.length; index++) {
    const altered = Buffer.from(bytes);
    altered[index] = (altered[index] ?? 0) ^ 1;
    expect(() => cursors.decode(altered.toString('base64url'), 'list')).toThrow();
  }
});

test('nothing made up is ever a cursor', () => {
  fc.assert(
    fc.property(fc.string(), (made_up) => {
      expect(() => cursors.decode(made_up, 'list')).toThrow('The cursor is not one of this list');
    }),
  );
});
