import type { Socket } from 'node:net';
import type pg from 'pg';
import { BatonError } from '../errors.ts';
import { isUuid } from '../lib/ids.ts';
import { explainRefusal } from './connection-check.ts';
import {
  fromCommit,
  fromDatabase,
  isAborted,
  isConnectionError,
  isReadOnly,
  isRetryable,
  isTimeout,
} from './errors.ts';
import { prepare, type Sql } from './sql.ts';
import { type Asker, turnsOf } from './turns.ts';

/** The workspace and user whose rows the transaction may touch: row-level security compares with these. */
export interface Scope {
  workspace_id?: string | undefined;
  user_id?: string | undefined;
  /**
   * The network of a caller who isn't signed in. It uses the network's share of the connections, whatever account it
   * names.
   */
  network?: string | undefined;
}

/** Makes the error's stack trace show which function sent the statement: the driver's own trace ends at the socket. */
function toldWhere(error: unknown): never {
  if (error instanceof Error) Error.captureStackTrace(error);
  throw error;
}

/** A handle that reads. Statements issued without awaiting in between are sent as one batch. */
export class Db {
  readonly #client: pg.ClientBase;
  readonly #socket: Socket;
  #corked = false;
  #over = false;
  #failure: unknown;

  constructor(client: pg.ClientBase) {
    this.#client = client;
    this.#socket = (client as unknown as { connection: { stream: Socket } }).connection.stream;
  }

  /**
   * Sends text or a prepared statement. Throws once the transaction is over, since another request may use the
   * connection.
   */
  protected query(query: string | pg.QueryConfig): Promise<pg.QueryResult> {
    if (this.#over) throw new Error('The transaction is over.');
    if (!this.#corked) this.#cork();
    // Without the driver's own promise, which keeps the rows in memory until a full collection (decision 28).
    return new Promise<pg.QueryResult>((resolve, reject) => {
      this.#client.query(query as pg.QueryConfig, (error: Error | null, result: pg.QueryResult) => {
        if (error === null) resolve(result);
        else {
          this.#failure ??= error;
          reject(error);
        }
      });
    }).catch(toldWhere);
  }

  /** The first failure, if there was one. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * The original failure. Once a statement has failed, PostgreSQL refuses every later one with 25P02, and code that
   * awaits a later one sees only that. The first failure decides whether to retry, and what to respond.
   */
  causeOf(reason: unknown): unknown {
    return isAborted(reason) ? (this.#failure ?? reason) : reason;
  }

  /** Sends a batch in one write. The driver makes a write for each statement, and a read of a ticket has five. */
  #cork(): void {
    this.#corked = true;
    this.#socket.cork();
    // Runs after the reactions to every promise that is settled by now, which may add statements.
    process.nextTick(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }

  /** Undoes what was done. After reads there is nothing to undo. */
  undo(): Promise<unknown> {
    return Promise.resolve();
  }

  /** From now on the handle refuses statements. */
  close(): void {
    this.#over = true;
  }

  async rows<Row>(statement: Sql): Promise<Row[]> {
    const result = await this.query(prepare(statement));
    return result.rows as Row[];
  }

  async maybeOne<Row>(statement: Sql): Promise<Row | undefined> {
    const result = await this.query(prepare(statement));
    return result.rows[0] as Row | undefined;
  }

  async one<Row>(statement: Sql): Promise<Row> {
    const row = await this.maybeOne<Row>(statement);
    if (row === undefined) throw new Error('Expected a row, got none.');
    return row;
  }
}

/**
 * A handle that reads, with a transaction for each batch: `begin` is not awaited, and `commit` is sent in the same
 * batch.
 */
class Reader extends Db {
  readonly #begin: string;
  #begun = false;

  constructor(client: pg.ClientBase, start: string) {
    super(client);
    this.#begin = start;
  }

  protected override query(query: string | pg.QueryConfig): Promise<pg.QueryResult> {
    if (!this.#begun) {
      this.#begun = true;
      this.#unwatched(this.#begin);
      queueMicrotask(() => {
        this.#begun = false;
        this.#unwatched('commit');
      });
    }
    return super.query(query);
  }

  /** If it fails, so do the statements of its batch, and those are awaited. */
  #unwatched(text: string): void {
    super.query(text).catch(() => undefined);
  }
}

/** The bytes of the texts among a statement's values. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (!Array.isArray(value)) return 0;
  let bytes = 0;
  for (const one of value) bytes += bytesOf(one);
  return bytes;
}

/** A handle that writes. Only `transaction` creates one, so no write can forget its transaction. */
export class Tx extends Db {
  readonly #sent: Promise<unknown>[] = [];
  readonly settlements: Sql[] = [];
  #sent_bytes = 0;

  /**
   * Roughly the bytes that the transaction stores: what `send` has sent, and what `stores` has added. 0 if it changes
   * nothing.
   */
  get sent_bytes(): number {
    return this.#sent_bytes;
  }

  /** Adds what a statement stores beyond its values: rows that the database copies. */
  stores(bytes: number): void {
    this.#sent_bytes += bytes;
  }

  /**
   * Sends a statement whose result nobody needs. It is sent with the other statements and the commit. If it fails, the
   * transaction fails.
   */
  send(statement: Sql): void {
    this.#sent_bytes += bytesOf(statement.values);
    const sent = this.query(prepare(statement));
    sent.catch(() => undefined); // awaited in `finish`; an early rejection must not count as unhandled
    this.#sent.push(sent);
  }

  start(text: string): Promise<unknown> {
    return this.query(text);
  }

  override undo(): Promise<unknown> {
    return this.query('rollback');
  }

  /**
   * Makes `transaction` wait, after the commit, until every other transaction that had locked this row has ended.
   * `lock` selects it `for update`. Once the caller has the response, nobody uses what the commit has removed.
   */
  settle(lock: Sql): void {
    this.settlements.push(lock);
  }

  /** Commits together with everything still in progress, and rejects with the first failure if any of it failed. */
  async finish(): Promise<void> {
    const commit = this.query('commit');
    const outcomes = await Promise.allSettled([...this.#sent, commit]);
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    // If the database refused a statement, it has not committed either. If the connection was lost, everything in
    // progress failed.
    const refused = failures.find((reason) => !isConnectionError(reason));
    if (refused !== undefined) throw this.causeOf(refused);
    if (failures.length > 0) throw fromCommit(failures.at(-1));
    // The commit of a failed transaction is a rollback, and only the command in its result says so.
    if ((await commit).command !== 'COMMIT') throw this.failure ?? new Error('The transaction was rolled back.');
  }
}

const max_attempts = 5;

async function checkOut(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    // Whatever the reason is, a wrong password included, the client gets the same response.
    throw new BatonError('database_unavailable', {}, { cause: explainRefusal(error), retry_after_s: 2 });
  }
}

/** The settings that row-level security compares with. */
const settings = { workspace_id: 'app.workspace', user_id: 'app.user_id' } as const;

/** The text that begins a transaction in a scope. */
export function begin(mode: string, scope: Scope): string {
  let text = `begin ${mode}`;
  for (const name of ['workspace_id', 'user_id'] as const) {
    const id = scope[name];
    if (id === undefined) continue;
    // SET takes no parameters; only a canonical UUID ever gets into the text.
    if (!isUuid(id)) throw new Error(`Not a UUID: ${settings[name]}`);
    text += `; set local ${settings[name]} = '${id}'`;
  }
  return text;
}

/**
 * Runs the body on a connection of the pool in the asker's turn. The connection goes back as it came, or is destroyed.
 */
async function onConnection<Handle extends Db, T>(
  { pool, asker }: { pool: pg.Pool; asker: Asker },
  open: (client: pg.PoolClient) => Handle,
  body: (handle: Handle) => Promise<T>,
): Promise<T> {
  const turns = turnsOf(pool);
  await turns.enter(asker);
  try {
    return await onTurn(pool, open, body);
  } finally {
    turns.leave(asker);
  }
}

async function onTurn<Handle extends Db, T>(
  pool: pg.Pool,
  open: (client: pg.PoolClient) => Handle,
  body: (handle: Handle) => Promise<T>,
): Promise<T> {
  const client = await checkOut(pool);
  const handle = open(client);
  let broken = false;
  try {
    return await body(handle);
  } catch (error) {
    // Another connection may reach the primary, after a failover for instance.
    broken = isConnectionError(error) || isReadOnly(error);
    if (!broken) await handle.undo().catch(() => (broken = true));
    throw error;
  } finally {
    handle.close();
    client.release(broken);
  }
}

/**
 * How lists are planned. Sorts are off: an index has the list in its order, and if the planner misjudged the values, it
 * would read and sort the whole list for one page. A statement that has to sort a few rows fences them off by
 * `offset 0`. Plans are made once per connection: no plan depends on the values, and planning each time took longer
 * than the page (1.3 ms of 2, measured).
 */
const planned_as_list =
  '; set local enable_sort = off; set local enable_incremental_sort = off; set local plan_cache_mode = force_generic_plan';

/**
 * How figures are planned. They sort what they have read, but read it by plain index scans only. If the planner took a
 * project for small, a bitmap or a whole table would be read to its end before the limit takes effect.
 */
const planned_as_figures = '; set local enable_seqscan = off; set local enable_bitmapscan = off';

/** The text that begins a read in a scope. */
export function beginRead(scope: Scope & { list?: boolean; asker?: Asker }): string {
  const planned = scope.list === true ? planned_as_list : scope.asker?.figures === true ? planned_as_figures : '';
  return begin('isolation level repeatable read, read only', scope) + planned;
}

/**
 * Runs reads. What is issued together takes one round trip and sees one snapshot. `asker` says whose turn it counts as,
 * if not that of the workspace and account in the scope.
 */
export async function readOnly<T>(
  pool: pg.Pool,
  scope: Scope & { list?: boolean; asker?: Asker },
  body: (db: Db) => Promise<T>,
): Promise<T> {
  const start = beginRead(scope);
  try {
    const open = (client: pg.PoolClient) => new Reader(client, start);
    return await onConnection({ pool, asker: scope.asker ?? scope }, open, (db) =>
      body(db).catch((error: unknown) => {
        throw db.causeOf(error);
      }),
    );
  } catch (error) {
    // A write in here is a bug in Baton, and says nothing about the database.
    throw isReadOnly(error) ? error : fromDatabase(error);
  }
}

/** Runs one statement that commits by itself: outside any request's transaction, but in the asker's turn. */
export async function autocommit<Row>(pool: pg.Pool, asker: Asker, statement: Sql): Promise<Row[]> {
  try {
    return await onConnection(
      { pool, asker },
      (client) => new Db(client),
      (db) => db.rows<Row>(statement),
    );
  } catch (error) {
    throw fromDatabase(error);
  }
}

// A transaction that locked the row waits for no other lock longer than lock_timeout, and neither does this.
const max_settle_attempts = 3;

/** Takes a lock in a separate transaction on the same connection, and releases it: one round trip, besides the wait. */
async function settle(tx: Tx, start: string, lock: Sql): Promise<void> {
  for (let tries = 1; tries <= max_settle_attempts; tries++) {
    const outcomes = await Promise.allSettled([tx.start(start), tx.rows(lock), tx.undo()]);
    const failure: unknown = outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
    if (failure === undefined) return;
    // The commit applies to every new request in any case: only an older transaction can still be in progress.
    if (!isTimeout(failure)) throw new BatonError('outcome_unknown', {}, { cause: failure, retry_after_s: 2 });
  }
}

/**
 * Runs the body in one read-committed transaction, and commits it. After a deadlock or serialization failure it runs
 * again, a bounded number of times, so the body does nothing outside the database.
 */
export async function transaction<T>(pool: pg.Pool, scope: Scope, body: (tx: Tx) => Promise<T>): Promise<T> {
  // Without "read write", which would override an operator who makes the database read-only.
  const start = begin('isolation level read committed', scope);
  for (let tries = 1; ; tries++) {
    try {
      const open = (client: pg.PoolClient) => new Tx(client);
      return await onConnection({ pool, asker: { ...scope, writes: true } }, open, async (tx) => {
        const [begun, result] = await Promise.allSettled([tx.start(start), body(tx)]);
        if (begun.status === 'rejected') throw begun.reason;
        if (result.status === 'rejected') throw tx.causeOf(result.reason);
        await tx.finish();
        for (const lock of tx.settlements) await settle(tx, start, lock);
        return result.value;
      });
    } catch (error) {
      if (!isRetryable(error) || tries >= max_attempts) throw fromDatabase(error);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** tries));
    }
  }
}
