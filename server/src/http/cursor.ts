import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import { BatonError } from '../errors.ts';
import { type Sql, sql } from '../db/sql.ts';
import { everything, first_id, last_id, type Position, type Span } from '../db/walk.ts';
import { max_page_bytes } from '../lib/bounds.ts';
import { isUuid } from '../lib/ids.ts';
import { canonicalInstant } from '../lib/time.ts';

const mac_bytes = 16;
const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** Makes and reads cursors: opaque, signed, and of use only for the list they came from. */
export class Cursors {
  readonly #key: KeyObject;

  constructor(secret: Buffer) {
    this.#key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'baton cursor', 32)));
  }

  #mac(payload: Buffer, list: string): Buffer {
    // The list is JSON on one line, so that the newline ends it.
    return createHmac('sha256', this.#key).update(`${list}\n`).update(payload).digest().subarray(0, mac_bytes);
  }

  /** `list` says which list it is: operation, workspace, filters and order. */
  encode(position: Position, list: string): string {
    const payload = Buffer.from(JSON.stringify([position.at, position.id]));
    return Buffer.concat([this.#mac(payload, list), payload]).toString('base64url');
  }

  /** Throws `invalid_cursor` for one that was altered, or comes from another list, filter or workspace. */
  decode(cursor: string, list: string): Position {
    const bytes = Buffer.from(cursor, 'base64url');
    const payload = bytes.subarray(mac_bytes);
    const mac = bytes.subarray(0, mac_bytes);
    if (mac.length !== mac_bytes || !timingSafeEqual(mac, this.#mac(payload, list))) {
      throw new BatonError('invalid_cursor');
    }
    const [at, id] = JSON.parse(payload.toString()) as [string, string];
    if (!pattern.test(at) || !isUuid(id)) throw new BatonError('invalid_cursor');
    return { at, id };
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

export interface Keyset {
  /** The columns the list is ordered by. */
  at: Sql;
  id: Sql;
  descending?: boolean;
}

/** What follows a position, in order. The casts pin the parameters' types, and so the plan. */
export function keysetPart({ at, id, descending = false }: Keyset, limit: number, position?: Position): KeysetPart {
  const beyond = descending ? sql`<` : sql`>`;
  const direction = descending ? sql`desc` : sql`asc`;
  return {
    after:
      position === undefined
        ? sql`true`
        : sql`(${at}, ${id}) ${beyond} (${position.at}::timestamptz, ${position.id}::uuid)`,
    order_and_limit: sql`order by ${at} ${direction}, ${id} ${direction} limit ${limit}`,
  };
}

interface PageOptions<Row> {
  cursors: Cursors;
  /** The operation's id. */
  operation: string;
  descending?: boolean;
  /** Everything that selects the list: workspace or user, and the filters as the client gave them. */
  filter: Record<string, unknown>;
  query: { limit: number; cursor?: string | undefined };
  positionOf: (row: Row) => Position;
}

/** What a statement says about a row, besides the row. */
interface Marks {
  /** No row, but the place up to which rows were looked at. */
  stopped?: boolean;
  /** Whether the row's text still goes into the response. */
  fits?: boolean;
}

export interface CursorOptions<Row> extends PageOptions<Row> {
  /** Runs the statement for so many rows after a position, or from the start. */
  rows: (position: Position | undefined, limit: number) => Promise<(Row & Marks)[]>;
  /** At most so many bytes of JSON will come of a row. Where it is left out, the contract bounds a full page. */
  mostBytes?: (row: Row) => number;
}

/** How many of the rows go into one response: at least one. They are counted exactly only if there is doubt. */
function fitting<Row>(rows: readonly (Row & Marks)[], mostBytes?: (row: Row) => number): number {
  const cut = rows.findIndex(({ fits }) => fits === false);
  const count = cut === -1 ? rows.length : cut;
  if (mostBytes === undefined) return count;
  const given = rows.slice(0, count);
  if (given.reduce((sum, row) => sum + mostBytes(row), 0) <= max_page_bytes) return count;
  let bytes = 0;
  const over = given.findIndex((row) => (bytes += Buffer.byteLength(JSON.stringify(row))) > max_page_bytes);
  return over === -1 ? count : Math.max(over, 1);
}

/**
 * One page. One row more than asked for tells whether there is a next page. It ends before its limit where it would have
 * too many bytes, and where the statement has looked at as many rows as one may.
 */
export async function cursorPage<Row>(options: CursorOptions<Row>): Promise<Page<Row>> {
  const { query, cursors, positionOf } = options;
  const list = JSON.stringify([options.operation, options.descending ?? false, options.filter]);
  const position = query.cursor === undefined ? undefined : cursors.decode(query.cursor, list);
  const found = await options.rows(position, query.limit + 1);
  const rows = found.filter(({ stopped }) => stopped !== true);
  const stop = found.find(({ stopped }) => stopped === true);
  const given = rows.slice(0, query.limit);
  const data = given.slice(0, fitting(given, options.mostBytes));
  for (const row of data) if (row.fits !== undefined) delete row.fits;
  const last = rows.length > data.length ? data.at(-1) : stop;
  return { data, next_cursor: last === undefined ? null : cursors.encode(positionOf(last), list) };
}

export interface KeysetOptions<Row> extends PageOptions<Row>, Keyset {
  /** Runs the statement with its condition, order and limit. */
  rows: (part: KeysetPart) => Promise<(Row & Marks)[]>;
}

/** One page of a list that one index serves: it costs the same wherever it is in the list. */
export function keysetPage<Row>(options: KeysetOptions<Row>): Promise<Page<Row>> {
  const rows = (position: Position | undefined, limit: number) => options.rows(keysetPart(options, limit, position));
  return cursorPage({ ...options, rows });
}

/** All that is later than the one time and earlier than the other. */
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
