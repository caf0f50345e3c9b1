import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prepare, sql } from '../db/sql.ts';
import { byId, byNumber, byTime, Cursors, type KeysetOptions, keysetPage, keysetPart, walk_order } from './cursor.ts';

const cursors = new Cursors(randomBytes(32));
const position = { at: '2026-11-24T09:05:00.123456Z', id: '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90' };

test('a cursor is read by the list it was created for', () => {
  expect(cursors.decode(walk_order, cursors.encode(walk_order, position, 'list'), 'list')).toEqual(position);
});

test('a cursor of another list or secret, or with any byte altered, is refused', () => {
  const cursor = cursors.encode(walk_order, position, 'list');
  expect(() => cursors.decode(walk_order, cursor, 'other')).toThrow('The cursor does not belong to this list');
  expect(() => new Cursors(randomBytes(32)).decode(walk_order, cursor, 'list')).toThrow();
  const bytes = Buffer.from(cursor, 'base64url');
  for (let index = 0; index < bytes.length; index++) {
    const altered = Buffer.from(bytes);
    altered[index] = (altered[index] ?? 0) ^ 1;
    expect(() => cursors.decode(walk_order, altered.toString('base64url'), 'list')).toThrow();
  }
});

test('an arbitrary text is never accepted as a cursor', () => {
  fc.assert(
    fc.property(fc.string(), (made_up) => {
      expect(() => cursors.decode(walk_order, made_up, 'list')).toThrow('The cursor does not belong to this list');
    }),
  );
});

test('the cursor of any position is decoded unchanged by its own list, and refused by another', () => {
  const time = fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(time, fc.nat({ max: 999 }), fc.uuid(), fc.string(), fc.string(), (at, micros, id, list, other) => {
      const full = { at: at.toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`), id };
      const cursor = cursors.encode(walk_order, full, list);
      expect(cursors.decode(walk_order, cursor, list)).toEqual(full);
      if (other !== list) expect(() => cursors.decode(walk_order, cursor, other)).toThrow();
    }),
  );
});

test('a cursor contains a MAC of 16 bytes, and then its position', () => {
  const bytes = Buffer.from(cursors.encode(walk_order, position, 'list'), 'base64url');
  expect(bytes.subarray(16).toString()).toBe(JSON.stringify([position.at, position.id]));
});

test('the same secret, list and position have the same MAC in every process and version', () => {
  const cursor = new Cursors(Buffer.alloc(32, 7)).encode(walk_order, position, 'list');
  expect(Buffer.from(cursor, 'base64url').subarray(0, 16).toString('hex')).toMatchInlineSnapshot(
    `"5c1e07bf0b19863218a3882ce23fafc2"`,
  );
});

test('a correctly signed position with an invalid time or id is refused', () => {
  const at = position.at;
  const wrong = Array.from(at, (_, index) => `${at.slice(0, index)}x${at.slice(index + 1)}`);
  for (const other of [...wrong, `0${at}`, `${at}0`, `${at}\n`, at.replace('123456', '123'), '']) {
    const cursor = cursors.encode(walk_order, { at: other, id: position.id }, 'list');
    expect(() => cursors.decode(walk_order, cursor, 'list'), other).toThrow(
      expect.objectContaining({ code: 'invalid_cursor' }),
    );
  }
  const cursor = cursors.encode(walk_order, { at, id: 'x' }, 'list');
  expect(() => cursors.decode(walk_order, cursor, 'list')).toThrow(expect.objectContaining({ code: 'invalid_cursor' }));
});

const order = { at: byTime(sql`t.created_at`), id: byId(sql`t.id`) };
const texts = ({ after, order_and_limit }: ReturnType<typeof keysetPart>) => [after, order_and_limit].map(prepare);

test('a cursor contains a value of the right kind for each column of its order, and works for no other order', () => {
  const numbered = { sequence: 'integer' } as const;
  const cursor = cursors.encode(numbered, { sequence: 7 }, 'list');
  expect(cursors.decode(numbered, cursor, 'list')).toEqual({ sequence: 7 });
  expect(() => cursors.decode(walk_order, cursor, 'list')).toThrow('The cursor does not belong to this list');
  const by_time = cursors.encode(walk_order, position, 'list');
  expect(() => cursors.decode(numbered, by_time, 'list')).toThrow('The cursor does not belong to this list');
  const other_kind = cursors.encode({ sequence: 'time' }, { sequence: position.at }, 'list');
  expect(() => cursors.decode(numbered, other_kind, 'list')).toThrow('The cursor does not belong to this list');
  expect(
    prepare(keysetPart({ order: { sequence: byNumber(sql`h.sequence`) } }, 3, { sequence: 7 }).after),
  ).toMatchObject({
    text: '(h.sequence) > ($1::integer)',
    values: [7],
  });
});

test('a page begins right after its position, in the order of its list', () => {
  expect(texts(keysetPart({ order }, 3))).toMatchObject([
    { text: 'true', values: [] },
    { text: 'order by t.created_at asc, t.id asc limit $1', values: [3] },
  ]);
  expect(texts(keysetPart({ order }, 3, position))).toMatchObject([
    { text: '(t.created_at, t.id) > ($1::timestamptz, $2::uuid)', values: [position.at, position.id] },
    { text: 'order by t.created_at asc, t.id asc limit $1', values: [3] },
  ]);
  expect(texts(keysetPart({ order, descending: true }, 3, position))).toMatchObject([
    { text: '(t.created_at, t.id) < ($1::timestamptz, $2::uuid)', values: [position.at, position.id] },
    { text: 'order by t.created_at desc, t.id desc limit $1', values: [3] },
  ]);
});

describe('pages', () => {
  const idOf = (n: number) => position.id.slice(0, -2) + String(n).padStart(2, '0');
  /** A list of so many rows, as a database would give them. */
  type Row = { n: number; at: string; id: string };
  type Options = KeysetOptions<typeof order, Row>;
  const list = (total: number, changes: Partial<Options> = {}): Options => ({
    order,
    cursors,
    operation: 'list_things',
    filter: { workspace_id: 'w' },
    query: { limit: 4 },
    rows: (part) => {
      const [after, end] = texts(part);
      const last_id = after?.values[1] as string | undefined;
      const first = last_id === undefined ? 0 : Number(last_id.slice(-2)) + 1;
      const limit = Number(end?.values[0]);
      return Promise.resolve(
        Array.from({ length: total }, (_, n) => ({ n, at: position.at, id: idOf(n) })).slice(first, first + limit),
      );
    },
    ...changes,
  });

  test.each([0, 1, 4, 5, 8, 9])('show each of %i rows once, and the last page has no next cursor', async (total) => {
    const seen: number[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < Math.max(1, Math.ceil(total / 4)); page++) {
      const { data, next_cursor } = await keysetPage(list(total, { query: { limit: 4, cursor } }));
      seen.push(...data.map(({ n }) => n));
      expect(next_cursor === null).toBe(seen.length === total);
      cursor = next_cursor ?? undefined;
    }
    expect(seen).toEqual(Array.from({ length: total }, (_, n) => n));
  });

  test('of another operation, order or filter refuse this list’s cursor', async () => {
    const { next_cursor } = await keysetPage(list(9));
    const query = { limit: 4, cursor: next_cursor ?? '' };
    await keysetPage(list(9, { query, descending: false }));
    for (const other of [{ operation: 'list_others' }, { descending: true }, { filter: { workspace_id: 'v' } }]) {
      await expect(keysetPage(list(9, { query, ...other }))).rejects.toMatchObject({ code: 'invalid_cursor' });
    }
  });

  test('with a limit of zero are empty', async () => {
    expect(await keysetPage(list(9, { query: { limit: 0 } }))).toEqual({ data: [], next_cursor: null });
  });
});
