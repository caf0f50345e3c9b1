import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import { BatonError } from '../errors.ts';
import { join, type Sql, sql } from '../db/sql.ts';
import { everything, first_id, last_id, type Position, type Span } from '../db/walk.ts';
import { max_page_bytes } from '../lib/bounds.ts';
import { isUuid } from '../lib/ids.ts';
import { canonicalInstant } from '../lib/time.ts';

const mac_bytes = 16;
const microseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/**
 * The kinds of columns that a list may be ordered by: their type in SQL, and whether a cursor's value is of that kind.
 */
const kinds = {
  time: { type: sql`timestamptz`, holds: (value: unknown) => typeof value === 'string' && microseconds.test(value) },
  uuid: { type: sql`uuid`, holds: (value: unknown) => typeof value === 'string' && isUuid(value) },
  integer: { type: sql`integer`, holds: (value: unknown) => Number.isInteger(value) },
  text: { type: sql`text`, holds: (value: unknown) => typeof value === 'string' },
} as const;

type Kind = keyof typeof kinds;
type Kinds = Readonly<Record<string, Kind>>;

/** A row's place in a list: its value in each column of the order. */
export type PositionIn<K extends Kinds> = { [Name in keyof K]: K[Name] extends 'integer' ? number : string };

/** Creates and reads cursors: opaque, signed, and usable only for the list they came from. */
export class Cursors {
  readonly #key: KeyObject;

  constructor(secret: Buffer) {
    this.#key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'baton cursor', 32)));
  }

  #mac(payload: Buffer, list: string): Buffer {
    // The list is JSON on one line, so that the newline ends it.
    return createHmac('sha256', this.#key).update(`${list}\n`).update(payload).digest().subarray(0, mac_bytes);
  }

  /** `list` identifies the list: operation, workspace, filters and order. */
  encode<K extends Kinds>(order: K, position: PositionIn<K>, list: string): string {
    const payload = Buffer.from(JSON.stringify(Object.keys(order).map((name) => position[name])));
    return Buffer.concat([this.#mac(payload, list), payload]).toString('base64url');
  }

  /** Throws `invalid_cursor` for one that was altered, or comes from another list, filter, order or workspace. */
  decode<K extends Kinds>(order: K, cursor: string, list: string): PositionIn<K> {
    const bytes = Buffer.from(cursor, 'base64url');
    const payload = bytes.subarray(mac_bytes);
    const mac = bytes.subarray(0, mac_bytes);
    if (mac.length !== mac_bytes || !timingSafeEqual(mac, this.#mac(payload, list))) {
      throw new BatonError('invalid_cursor');
    }
    const values = JSON.parse(payload.toString()) as unknown[];
    const columns = Object.entries(order);
    // An earlier version may have had another order for this list.
    if (values.length !== columns.length || !columns.every(([, kind], index) => kinds[kind].holds(values[index]))) {
      throw new BatonError('invalid_cursor');
    }
    return Object.fromEntries(columns.map(([name], index) => [name, values[index]])) as PositionIn<K>;
  }
}

export interface Page<Row> {
  data: Row[];
  next_cursor: string | null;
}

/** The condition, order and limit that a list's statement ends in. */
export interface KeysetPart {
  after: Sql;
  order_and_limit: Sql;
}

/** A column that a list is ordered by. */
interface Key<K extends Kind = Kind> {
  kind: K;
  column: Sql;
}

export const byTime = (column: Sql): Key<'time'> => ({ kind: 'time', column });
export const byId = (column: Sql): Key<'uuid'> => ({ kind: 'uuid', column });
export const byText = (column: Sql): Key<'text'> => ({ kind: 'text', column });
export const byNumber = (column: Sql): Key<'integer'> => ({ kind: 'integer', column });

/**
 * The columns that a list is ordered by, the most significant first. Each has the name of the rows' field with its
 * value.
 */
export type Order = Readonly<Record<string, Key>>;
type KindsOf<O extends Order> = { [Name in keyof O]: O[Name]['kind'] };
/** The fields that every row of the list has. */
export type Ordered<O extends Order> = PositionIn<KindsOf<O>>;

interface Direction {
  descending?: boolean;
}

const comma = sql`, `;

/** The SQL for what follows a position, in order. The casts fix the types of the parameters, and so the plan. */
export function keysetPart<O extends Order>(
  { order, descending = false }: Direction & { order: O },
  limit: number,
  position?: Ordered<O>,
): KeysetPart {
  const keys = Object.entries<Key>(order);
  const beyond = descending ? sql`<` : sql`>`;
  const direction = descending ? sql`desc` : sql`asc`;
  const columns = join(
    keys.map(([, { column }]) => column),
    comma,
  );
  const values = keys.map(([name, { kind }]) => sql`${position?.[name]}::${kinds[kind].type}`);
  return {
    after: position === undefined ? sql`true` : sql`(${columns}) ${beyond} (${join(values, comma)})`,
    order_and_limit: sql`order by ${join(
      keys.map(([, { column }]) => sql`${column} ${direction}`),
      comma,
    )} limit ${limit}`,
  };
}

interface PageOptions extends Direction {
  cursors: Cursors;
  /** The operation's id. */
  operation: string;
  /** Everything that selects the list: workspace or user, and the filters as the client gave them. */
  filter: Record<string, unknown>;
  query: { limit: number; cursor?: string | undefined };
}

/** What a statement may add to a row. */
interface Marks {
  /** This is not a row, but the position up to which rows were looked at. */
  stopped?: boolean;
  /** Whether the row's text still fits into the response. */
  fits?: boolean;
}

export interface CursorOptions<K extends Kinds, Row extends PositionIn<K>> extends PageOptions {
  /** The columns of the order and their kinds. */
  order: K;
  /** Runs the statement for at most `limit` rows after a position, or from the start. */
  rows: (position: PositionIn<K> | undefined, limit: number) => Promise<(Row & Marks)[]>;
  /** The most bytes of JSON that a row can become. Left out where the contract bounds a full page. */
  mostBytes?: (row: Row) => number;
  /** What is shown of a row, if that can be longer than the row. */
  show?: (row: Row) => unknown;
  /** The most bytes of JSON in a page; a first row that has more comes alone. */
  max_bytes?: number;
}

/**
 * How many of the rows fit into one response; at least one. Bytes are counted exactly only if the upper bounds don't
 * fit.
 */
function fitting<Row>(
  rows: readonly (Row & Marks)[],
  {
    mostBytes,
    show = (row) => row,
    max_bytes = max_page_bytes,
  }: { mostBytes?: (row: Row) => number; show?: (row: Row) => unknown; max_bytes?: number },
): number {
  const cut = rows.findIndex(({ fits }) => fits === false);
  const count = cut === -1 ? rows.length : cut;
  if (mostBytes === undefined) return count;
  const given = rows.slice(0, count);
  if (given.reduce((sum, row) => sum + mostBytes(row), 0) <= max_bytes) return count;
  let bytes = 0;
  const over = given.findIndex((row) => (bytes += Buffer.byteLength(JSON.stringify(show(row)))) > max_bytes);
  return over === -1 ? count : Math.max(over, 1);
}

/**
 * Reads one page. One extra row is fetched to know whether there is a next page. The page ends before its limit if it
 * would have too many bytes, or if the statement has looked at as many rows as it may.
 */
export async function cursorPage<K extends Kinds, Row extends PositionIn<K>>(
  options: CursorOptions<K, Row>,
): Promise<Page<Row>> {
  const { query, cursors, order } = options;
  const list = JSON.stringify([options.operation, options.descending ?? false, options.filter]);
  const position = query.cursor === undefined ? undefined : cursors.decode(order, query.cursor, list);
  const found = await options.rows(position, query.limit + 1);
  const rows = found.filter(({ stopped }) => stopped !== true);
  const stop = found.find(({ stopped }) => stopped === true);
  const given = rows.slice(0, query.limit);
  const data = given.slice(0, fitting(given, options));
  for (const row of data) delete row.fits;
  const last = rows.length > data.length ? data.at(-1) : stop;
  return { data, next_cursor: last === undefined ? null : cursors.encode(order, last, list) };
}

export interface KeysetOptions<O extends Order, Row extends Ordered<O>> extends PageOptions {
  order: O;
  /** The most bytes of JSON that a row can become. Left out where the contract bounds a full page. */
  mostBytes?: (row: Row) => number;
  /** Runs the statement with its condition, order and limit. */
  rows: (part: KeysetPart) => Promise<(Row & Marks)[]>;
}

/** Reads one page of a list that one index serves. Its cost does not depend on its place in the list. */
export function keysetPage<O extends Order, Row extends Ordered<O>>(
  options: KeysetOptions<O, Row>,
): Promise<Page<Row>> {
  const order = Object.fromEntries(Object.entries<Key>(options.order).map(([name, { kind }]) => [name, kind]));
  return cursorPage<KindsOf<O>, Row>({
    ...options,
    order: order as KindsOf<O>,
    rows: (position, limit) => options.rows(keysetPart(options, limit, position)),
  });
}

/** The order of a walk along an index (`db/walk.ts`). */
export const walk_order = { at: 'time', id: 'uuid' } as const;

/**
 * The span between two days, without these two. An undefined one leaves that end open. A span without ends is `everything` itself:
 * a list chooses its statement by that.
 */
export function daysBetween(after: string | undefined, before: string | undefined): Span {
  if (after === undefined && before === undefined) return everything;
  return {
    after: after === undefined ? everything.after : { at: after, id: last_id },
    before: before === undefined ? everything.before : { at: before, id: first_id },
  };
}

/** The span between two times, likewise. */
export function spanBetween(after: string | undefined, before: string | undefined): Span {
  if (after === undefined && before === undefined) return everything;
  return {
    after: after === undefined ? everything.after : { at: canonicalInstant(after), id: last_id },
    before: before === undefined ? everything.before : { at: canonicalInstant(before), id: first_id },
  };
}

/** What is left of a span after a position. */
export function spanAfter({ after, before }: Span, position: Position | undefined, descending: boolean): Span {
  if (position === undefined) return { after, before };
  return descending ? { after, before: position } : { after: position, before };
}
