import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prepare, sql } from '../db/sql.ts';
import { everything } from '../db/walk.ts';
import {
  byId,
  byNumber,
  byText,
  byTime,
  type CursorOptions,
  cursorPage,
  Cursors,
  daysBetween,
  type KeysetOptions,
  keysetPage,
  keysetPart,
  spanAfter,
  spanBetween,
  walk_order,
} from './cursor.ts';

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

describe('a correctly signed cursor', () => {
  const refused = expect.objectContaining({ code: 'invalid_cursor' });
  /** A value of each kind. */
  const of_kind = { time: position.at, uuid: position.id, integer: 7, text: 'any text' };
  type Kind = keyof typeof of_kind;
  const kinds = Object.keys(of_kind) as Kind[];
  /** Signs a value as that of a column, whatever its kind. */
  const signed = (kind: Kind, value: unknown) => cursors.encode({ column: kind }, { column: value as never }, 'list');

  test.each(kinds)('is accepted if the value of a column of the kind %s is of that kind', (kind) => {
    const value = of_kind[kind];
    expect(cursors.decode({ column: kind }, signed(kind, value), 'list')).toEqual({ column: value });
  });

  test.each<[Kind, unknown]>([
    ['time', 7],
    ['time', null],
    ['time', [position.at]],
    ['time', 'any text'],
    ['uuid', 7],
    ['uuid', [position.id]],
    ['uuid', position.id.toUpperCase()],
    ['integer', '7'],
    ['integer', 7.5],
    ['integer', null],
    ['text', 7],
    ['text', null],
    ['text', ['any text']],
  ])('is refused if a column of the kind %s has the value %j', (kind, value) => {
    expect(() => cursors.decode({ column: kind }, signed(kind, value), 'list')).toThrow(refused);
  });

  test('is refused if its list had fewer or more columns in an earlier version', () => {
    const less = cursors.encode({ at: 'time' }, position, 'list');
    const more = cursors.encode({ ...walk_order, sequence: 'integer' }, { ...position, sequence: 7 }, 'list');
    for (const cursor of [less, more]) expect(() => cursors.decode(walk_order, cursor, 'list')).toThrow(refused);
  });
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
  expect(prepare(keysetPart({ order: { name: byText(sql`h.name`) } }, 3, { name: 'a' }).after)).toMatchObject({
    text: '(h.name) > ($1::text)',
    values: ['a'],
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

describe('a page', () => {
  type Row = { id: string; at: string; text: string };
  type Found = Row & { fits?: boolean; stopped?: boolean };
  type Options = CursorOptions<typeof walk_order, Row>;
  const rowOf = (text: string, n: number, marks: object = {}): Found => {
    return { at: position.at, id: position.id.slice(0, -1) + String(n), text, ...marks };
  };
  /** The page that a statement's rows become, and the place where the next one begins. */
  const pageOf = async (found: Found[], changes: Partial<Options> = {}) => {
    const places: unknown[] = [];
    const options: Options = {
      order: walk_order,
      cursors,
      operation: 'list_things',
      filter: {},
      query: { limit: 4 },
      rows: (place) => {
        places.push(place);
        return Promise.resolve(found);
      },
      ...changes,
    };
    const { data, next_cursor } = await cursorPage(options);
    if (next_cursor === null) return { data, next: null };
    await cursorPage({ ...options, query: { ...options.query, cursor: next_cursor } });
    return { data, next: places[1] };
  };
  const placeOf = ({ at, id }: Row) => ({ at, id });

  test('whose statement stopped shows the rows until then, and the next one begins where it stopped', async () => {
    const [first, stop] = [rowOf('one', 1), rowOf('', 2, { stopped: true })];
    expect(await pageOf([first, stop])).toEqual({ data: [first], next: placeOf(stop) });
    expect(await pageOf([stop])).toEqual({ data: [], next: placeOf(stop) });
  });

  test('that is full before its statement stopped is followed by one that begins after its last row', async () => {
    const rows = [1, 2, 3].map((n) => rowOf('row', n));
    const stop = rowOf('', 4, { stopped: true });
    expect(await pageOf([...rows, stop], { query: { limit: 2 } })).toEqual({
      data: rows.slice(0, 2),
      next: placeOf(rowOf('', 2)),
    });
  });

  test('ends before the first row that its statement found too long, and does not show that mark', async () => {
    const found = [true, true, false, false].map((fits, index) => rowOf('row', index, { fits }));
    const unmarked = found.slice(0, 2).map(({ fits: _, ...row }) => row);
    expect(await pageOf(found)).toEqual({ data: unmarked, next: placeOf(rowOf('', 1)) });
  });

  test('all of whose rows fit is the last one, and does not show that mark', async () => {
    const found = [true, true].map((fits, index) => rowOf('row', index, { fits }));
    expect(await pageOf(found)).toStrictEqual({ data: [rowOf('row', 0), rowOf('row', 1)], next: null });
  });

  describe('with a bound on its bytes', () => {
    const bytes = Buffer.byteLength(JSON.stringify(rowOf('é', 0)));
    const rows = [0, 1, 2].map((n) => rowOf('é', n));
    const bounded = (max_bytes: number, mostBytes: (row: Row) => number) => pageOf(rows, { max_bytes, mostBytes });

    test.each([
      ['as many rows as fit', 2, 2 * bytes],
      ['no row that fits all but one byte', 1, 2 * bytes - 1],
      ['every row if they fit exactly', 3, 3 * bytes],
      ['its first row alone if that is longer', 1, 1],
    ])('shows %s', async (_, count, max_bytes) => {
      const next = count === rows.length ? null : placeOf(rowOf('', count - 1));
      expect(await bounded(max_bytes, () => bytes)).toEqual({ data: rows.slice(0, count), next });
    });

    test('shows every row that fits, though their upper bounds together do not', async () => {
      expect(await bounded(3 * bytes, () => 2 * bytes)).toEqual({ data: rows, next: null });
    });

    test('ends before the first row that its statement found too long, though the bound has room for it', async () => {
      const found = [true, true, false, false].map((fits, index) => rowOf('é', index, { fits }));
      const room = { max_bytes: found.length * Buffer.byteLength(JSON.stringify(found[0])), mostBytes: () => 1e6 };
      expect(await pageOf(found, room)).toMatchObject({ data: rows.slice(0, 2), next: placeOf(rowOf('', 1)) });
    });

    test('does not write its rows as JSON to count them if their upper bounds fit', async () => {
      let written = 0;
      const found = rows.map((row) => ({ ...row, toJSON: () => written++ }));
      await pageOf(found, { max_bytes: 3 * bytes, mostBytes: () => bytes });
      expect(written).toBe(0);
      await pageOf(found, { max_bytes: 3 * bytes, mostBytes: () => bytes + 1 });
      expect(written).toBe(3);
    });
  });
});

describe('a span', () => {
  const [least_id, greatest_id] = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
  const always = { at: '-infinity', id: least_id };
  const forever = { at: 'infinity', id: greatest_id };

  test('without its ends contains every time and day', () => {
    expect(everything).toEqual({ after: always, before: forever });
    expect(spanBetween(undefined, undefined)).toBe(everything); // lists choose their statements by it
    expect(daysBetween(undefined, undefined)).toBe(everything);
  });

  test('of days begins after every row of its first day, and ends before every row of its last', () => {
    const [after, before] = [
      { at: '2026-11-24', id: greatest_id },
      { at: '2026-11-30', id: least_id },
    ];
    expect(daysBetween('2026-11-24', '2026-11-30')).toEqual({ after, before });
    expect(daysBetween('2026-11-24', undefined)).toEqual({ after, before: forever });
    expect(daysBetween(undefined, '2026-11-30')).toEqual({ after: always, before });
  });

  test('of times begins after every row of its first microsecond, and ends before every row of its last', () => {
    const [after, before] = [
      { at: '2026-11-24T09:05:00.000000Z', id: greatest_id },
      { at: '2026-11-30T08:00:00.500000Z', id: least_id },
    ];
    expect(spanBetween('2026-11-24T10:05:00+01:00', '2026-11-30T08:00:00.5Z')).toEqual({ after, before });
    expect(spanBetween('2026-11-24T10:05:00+01:00', undefined)).toEqual({ after, before: forever });
    expect(spanBetween(undefined, '2026-11-30T08:00:00.5Z')).toEqual({ after: always, before });
  });

  test('continues at the position that a page reached, upwards or downwards, and is whole without one', () => {
    const span = { after: always, before: forever };
    expect(spanAfter(span, undefined, false)).toEqual(span);
    expect(spanAfter(span, undefined, true)).toEqual(span);
    expect(spanAfter(span, position, false)).toEqual({ after: position, before: forever });
    expect(spanAfter(span, position, true)).toEqual({ after: always, before: position });
  });
});
