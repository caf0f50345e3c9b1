import type pg from 'pg';
import { requireWrites } from '../db/connection-check.ts';
import { BatonError } from '../errors.ts';

const timeout_ms = 1000;
/** A result is reused for this long, so that a flood of probes doesn't query the database more often. */
const fresh_ms = 250;

/** Rejects unless the database accepts writes. A connection that does not respond in time is closed. */
async function ask(pool: pg.Pool): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('The database did not respond in time.')), timeout_ms);
  try {
    const connecting = pool.connect();
    const client = await Promise.race([connecting, late.promise]).catch((error: unknown) => {
      connecting.then((unused) => unused.release()).catch(() => undefined);
      throw error;
    });
    const asking = requireWrites(client);
    asking.catch(() => undefined);
    await Promise.race([asking, late.promise]).then(
      () => client.release(),
      (error: unknown) => {
        client.release(true);
        throw error;
      },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Tells whether the database lets requests be served. */
export class Readiness {
  readonly #pool: pg.Pool;
  #asked: { at: number; outcome: Promise<void> } | undefined;

  /** The pool has one connection, used by probes alone, so that a probe never waits for one that requests occupy. */
  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Throws `database_unavailable` if the database can't serve. Calls within a moment share one query. */
  requireDatabase(): Promise<void> {
    const now = performance.now();
    if (this.#asked === undefined || now - this.#asked.at > fresh_ms) {
      const outcome = ask(this.#pool).catch((error: unknown) => {
        throw new BatonError('database_unavailable', {}, { cause: error, retry_after_s: 1 });
      });
      const asked = { at: Number.POSITIVE_INFINITY, outcome };
      this.#asked = asked;
      const stamp = () => (asked.at = performance.now());
      outcome.then(stamp, stamp);
    }
    return this.#asked.outcome;
  }
}
