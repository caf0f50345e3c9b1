import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import { BatonError } from '../errors.ts';
import { type Sql, sql } from '../db/sql.ts';
import { isUuid } from '../lib/ids.ts';

/** The place after which the next page starts: the last row's time, to the microsecond, and its id. */
export interface Position {
  at: string;
  id: string;
}

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

export interface KeysetOptions<Row> extends Keyset {
  cursors: Cursors;
  /** The operation's id. */
  operation: string;
  /** Everything that selects the list: workspace or user, and the filters as the client gave them. */
  filter: Record<string, unknown>;
  query: { limit: number; cursor?: string | undefined };
  /** Runs the statement with its condition, order and limit. */
  rows: (part: KeysetPart) => Promise<Row[]>;
  positionOf: (row: Row) => Position;
}

/** One page by keyset: it costs the same wherever it is in the list. One row more than asked tells if there is a next. */
export async function keysetPage<Row>(options: KeysetOptions<Row>): Promise<Page<Row>> {
  const { query, cursors } = options;
  const list = JSON.stringify([options.operation, options.descending ?? false, options.filter]);
  const position = query.cursor === undefined ? undefined : cursors.decode(query.cursor, list);
  const rows = await options.rows(keysetPart(options, query.limit + 1, position));
  const data = rows.slice(0, query.limit);
  const last = data.at(-1);
  const more = rows.length > query.limit && last !== undefined;
  return { data, next_cursor: more ? cursors.encode(options.positionOf(last), list) : null };
}
