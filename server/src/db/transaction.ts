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

/** Whose rows the transaction may touch: row-level security compares with these. */
export interface Scope {
  workspace_id?: string | undefined;
  user_id?: string | undefined;
  /** Of a caller that isn't signed in: whose share of the connections it uses, whatever account it names. */
  network?: string | undefined;
}

/** Has the error say which function sent the statement, where the driver's own trace ends at the socket. */
function toldWhere(error: unknown): never {
  if (error instanceof Error) Error.captureStackTrace(error);
  throw error;
}

/** A handle that reads. Statements issued without awaiting in between travel in one burst. */
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

  /** Sends text or a prepared statement; not once the transaction is over, when the connection may be another's. */
  protected query(query: string | pg.QueryConfig): Promise<pg.QueryResult> {
    if (this.#over) throw new Error('The transaction is over.');
    if (!this.#corked) this.#cork();
    // Not by the driver's own promise, which keeps the rows from being collected until a full collection (decision 28).
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

  /** What failed first, if anything did. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * What really went wrong: once a statement has failed, PostgreSQL refuses every later one with 25P02, and code that
   * awaits a later one sees only that. The first failure says whether to try again, and what to respond.
   */
  causeOf(reason: unknown): unknown {
    return isAborted(reason) ? (this.#failure ?? reason) : reason;
  }

  /** Makes one write of a burst, where the driver makes one of each statement: a read of a ticket has five. */
  #cork(): void {
    this.#corked = true;
    this.#socket.cork();
    // After every promise that is settled by now has had its say, and so its statements.
    process.nextTick(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }

  /** Takes back what was done; of reads nothing was. */
  undo(): Promise<unknown> {
    return Promise.resolve();
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
    const result = await this.query(prepare(statement));
    return result.rows[0] as Row | undefined;
  }

  async one<Row>(statement: Sql): Promise<Row> {
    const row = await this.maybeOne<Row>(statement);
    if (row === undefined) throw new Error('Expected a row, got none.');
    return row;
  }
}

/** A handle that reads, in a transaction for each burst: nobody waits for its begin, and the commit travels along. */
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

  /** Should it fail, so do the statements between, and they are watched. */
  #unwatched(text: string): void {
    super.query(text).catch(() => undefined);
  }
}

/** The bytes of a statement's texts. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (!Array.isArray(value)) return 0;
  let bytes = 0;
  for (const one of value) bytes += bytesOf(one);
  return bytes;
}

/** A handle that writes. Only `transaction` makes one, so no write can forget its transaction. */
export class Tx extends Db {
  readonly #sent: Promise<unknown>[] = [];
  readonly settlements: Sql[] = [];
  #sent_bytes = 0;

  /** Bytes that `send` has sent, and `stores` was told of: what the transaction stores, near enough. 0 where it changes nothing. */
  get sent_bytes(): number {
    return this.#sent_bytes;
  }

  /** Counts what a statement stores beyond what was sent to it: rows that are copied in the database. */
  stores(bytes: number): void {
    this.#sent_bytes += bytes;
  }

  /**
   * Sends a statement whose result nobody needs. It travels with the others and with the commit; should it fail, the
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
   * Has `transaction` wait, after the commit, until no other transaction is left that locked this row before: `lock`
   * selects it `for update`. Once the caller has the response, nobody uses what the commit has taken away.
   */
  settle(lock: Sql): void {
    this.settlements.push(lock);
  }

  /** Commits together with everything still in progress, and rejects with the first failure if any of it failed. */
  async finish(): Promise<void> {
    const commit = this.query('commit');
    const outcomes = await Promise.allSettled([...this.#sent, commit]);
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    // A statement that the database refused took the commit with it. A connection lost takes everything in progress with it.
    const refused = failures.find((reason) => !isConnectionError(reason));
    if (refused !== undefined) throw this.causeOf(refused);
    if (failures.length > 0) throw fromCommit(failures.at(-1));
    // A commit of a failed transaction is a rollback, and says so only here.
    if ((await commit).command !== 'COMMIT') throw this.failure ?? new Error('The transaction was rolled back.');
  }
}

const max_attempts = 5;

async function checkOut(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    // Whatever kept us from a connection, a bad password included, the response to the client is the same.
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

/** Runs the body on a connection of the pool, which goes back as it came, or not at all. */
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
    // Another connection may lead to the primary, after a failover say.
    broken = isConnectionError(error) || isReadOnly(error);
    if (!broken) await handle.undo().catch(() => (broken = true));
    throw error;
  } finally {
    handle.close();
    client.release(broken);
  }
}

/**
 * How lists are planned. Without sorts: an index has the list in its order, and a sort would read all of it for one page
 * wherever the planner misjudges the values. A statement that is to sort a few rows fences them off by `offset 0`. Once
 * per connection: no plan depends on the values, and planning anew took longer than the page (measured 1.3 ms of 2).
 */
const planned_as_list =
  '; set local enable_sort = off; set local enable_incremental_sort = off; set local plan_cache_mode = force_generic_plan';

/**
 * How figures are planned. They sort what they have read, but read it by indexes alone: a bitmap, or a whole table, would be read to
 * its end before a limit has its say, wherever the planner takes a project for small.
 */
const planned_as_figures = '; set local enable_seqscan = off; set local enable_bitmapscan = off';

/** The text that begins a read in a scope. */
export function beginRead(scope: Scope & { list?: boolean; asker?: Asker }): string {
  const planned = scope.list === true ? planned_as_list : scope.asker?.figures === true ? planned_as_figures : '';
  return begin('isolation level repeatable read, read only', scope) + planned;
}

/**
 * Runs reads: what is issued together is one round trip and sees one snapshot. `asker`: whose turn it counts as, if not that of
 * the workspace and account whose rows it may touch.
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
    // A write in here is a fault of ours, and no news of the database.
    throw isReadOnly(error) ? error : fromDatabase(error);
  }
}

/** Runs one statement that commits by itself: outside of any request's transaction, and in its turn all the same. */
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

/** Takes a lock in a transaction of its own, on the same connection, and lets it go: one round trip without the wait. */
async function settle(tx: Tx, start: string, lock: Sql): Promise<void> {
  for (let tries = 1; tries <= max_settle_attempts; tries++) {
    const outcomes = await Promise.allSettled([tx.start(start), tx.rows(lock), tx.undo()]);
    const failure: unknown = outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
    if (failure === undefined) return;
    // The commit holds for every new request all the same: only a transaction that is older can still be in progress.
    if (!isTimeout(failure)) throw new BatonError('outcome_unknown', {}, { cause: failure, retry_after_s: 2 });
  }
}

/**
 * Runs a verb in one read-committed transaction and commits it. Deadlocks and serialization failures are run again,
 * a bounded number of times, so the body does nothing outside the database.
 */
export async function transaction<T>(pool: pg.Pool, scope: Scope, body: (tx: Tx) => Promise<T>): Promise<T> {
  // Not "read write": an operator who makes the database read-only means it.
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
