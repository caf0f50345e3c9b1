import type pg from 'pg';
import { BatonError } from '../errors.ts';
import { isUuid } from '../lib/ids.ts';
import { fromDatabase, isConnectionError, isRetryable } from './errors.ts';
import { prepare, type Sql } from './sql.ts';

/** Whose rows the transaction may touch: row-level security compares with these. */
export interface Scope {
  workspace_id?: string | undefined;
  user_id?: string | undefined;
}

/** A handle that reads. Statements issued without awaiting in between travel in one burst. */
export class Db {
  readonly #client: pg.ClientBase;
  #over = false;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  /** Sends text or a prepared statement; not once the transaction is over, when the connection may be another's. */
  protected query(query: string | pg.QueryConfig): Promise<pg.QueryResult> {
    if (this.#over) throw new Error('The transaction is over.');
    return this.#client.query(query);
  }

  /** From now on the handle is of no use. */
  close(): void {
    this.#over = true;
  }

  async rows<Row>(statement: Sql): Promise<Row[]> {
    const result = await this.query(prepare(statement));
    return result.rows as Row[];
  }

  async maybeOne<Row>(statement: Sql): Promise<Row | undefined> {
    const rows = await this.rows<Row>(statement);
    return rows[0];
  }

  async one<Row>(statement: Sql): Promise<Row> {
    const row = await this.maybeOne<Row>(statement);
    if (row === undefined) throw new Error('Expected a row, got none.');
    return row;
  }
}

/** A handle that writes. Only `transaction` makes one, so no write can forget its transaction. */
export class Tx extends Db {
  readonly #sent: Promise<unknown>[] = [];

  /**
   * Sends a statement whose result nobody needs. It travels with the others and with the commit; should it fail, the
   * transaction fails.
   */
  send(statement: Sql): void {
    const sent = this.query(prepare(statement));
    sent.catch(() => undefined); // awaited in `finish`; an early rejection must not count as unhandled
    this.#sent.push(sent);
  }

  /** Commits together with everything still under way, and rejects if any of it failed. */
  async finish(): Promise<void> {
    const commit = this.query('commit');
    const outcomes = await Promise.allSettled([...this.#sent, commit]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    // A commit of a failed transaction is a rollback, and says so only here.
    if ((await commit).command !== 'COMMIT') throw new Error('The transaction was rolled back.');
  }
}

const max_waiting = 512;
const max_attempts = 5;

async function checkOut(pool: pg.Pool): Promise<pg.PoolClient> {
  if (pool.waitingCount >= max_waiting) throw new BatonError('overloaded', {}, { retry_after_s: 1 });
  try {
    return await pool.connect();
  } catch (error) {
    // Whatever kept us from a connection, a bad password included, the answer to the client is the same.
    throw new BatonError('database_unavailable', {}, { cause: error, retry_after_s: 2 });
  }
}

function begin(mode: string, scope: Scope): string {
  let text = `begin ${mode}`;
  for (const name of ['workspace_id', 'user_id'] as const) {
    const id = scope[name];
    if (id === undefined) continue;
    // SET takes no parameters; only a canonical UUID ever gets into the text.
    if (!isUuid(id)) throw new Error(`Not a UUID: app.${name}`);
    text += `; set local app.${name} = '${id}'`;
  }
  return text;
}

async function attempt<Handle extends Db, T>(
  pool: pg.Pool,
  start: string,
  open: (client: pg.PoolClient) => Handle,
  body: (handle: Handle, client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await checkOut(pool);
  const handle = open(client);
  let broken = false;
  try {
    const [begun, result] = await Promise.allSettled([client.query(start), body(handle, client)]);
    if (begun.status === 'rejected') throw begun.reason;
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  } catch (error) {
    broken = isConnectionError(error);
    if (!broken) await client.query('rollback').catch(() => (broken = true));
    throw error;
  } finally {
    handle.close();
    client.release(broken);
  }
}

/** Runs reads against one snapshot; what they issue before their first await is one round trip with the begin. */
export async function readOnly<T>(pool: pg.Pool, scope: Scope, body: (db: Db) => Promise<T>): Promise<T> {
  try {
    const start = begin('isolation level repeatable read, read only', scope);
    const open = (client: pg.PoolClient) => new Db(client);
    return await attempt(pool, start, open, async (db, client) => {
      const value = await body(db);
      // Nobody needs the answer: whoever gets the connection next queues behind it.
      client.query('commit').catch(() => undefined);
      return value;
    });
  } catch (error) {
    throw fromDatabase(error);
  }
}

/**
 * Runs a verb in one read-committed transaction and commits it. Deadlocks and serialization failures are run again,
 * a bounded number of times, so the body does nothing outside the database.
 */
export async function transaction<T>(pool: pg.Pool, scope: Scope, body: (tx: Tx) => Promise<T>): Promise<T> {
  const start = begin('isolation level read committed, read write', scope);
  for (let tries = 1; ; tries++) {
    try {
      const open = (client: pg.PoolClient) => new Tx(client);
      return await attempt(pool, start, open, async (tx) => {
        const result = await body(tx);
        await tx.finish();
        return result;
      });
    } catch (error) {
      if (!isRetryable(error) || tries >= max_attempts) throw fromDatabase(error);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** tries));
    }
  }
}
