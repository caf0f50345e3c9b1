/** The bounds of how long something is skipped after a failure: twice as long after each further one in a row. */
export interface Retries {
  first_retry_ms: number;
  max_retry_ms: number;
}

interface Aside {
  failures: number;
  until: number;
  /** When it was last asked for. */
  asked: number;
}

/**
 * The workspaces or webhooks, by id, that could not be worked on. They are skipped for a while, so that they don't
 * block others. Kept in the memory of one process and timed by its monotonic clock.
 */
export class SetAside {
  readonly #retries: Retries;
  readonly #ids = new Map<string, Aside>();

  constructor(retries: Retries) {
    this.#retries = retries;
  }

  get size(): number {
    return this.#ids.size;
  }

  /** Whether to skip it now. */
  has(id: string): boolean {
    const aside = this.#ids.get(id);
    if (aside === undefined) return false;
    aside.asked = performance.now();
    return aside.asked < aside.until;
  }

  /** How often in a row it has failed. */
  failuresOf(id: string): number {
    return this.#ids.get(id)?.failures ?? 0;
  }

  /** Records a failure. Returns how many there were in a row, and for how long to skip it. */
  add(id: string): { failures: number; retry_ms: number } {
    const { first_retry_ms, max_retry_ms } = this.#retries;
    const failures = this.failuresOf(id) + 1;
    const retry_ms = Math.min(first_retry_ms * 2 ** (failures - 1), max_retry_ms);
    const now = performance.now();
    this.#ids.set(id, { failures, until: now + retry_ms, asked: now });
    return { failures, retry_ms };
  }

  /** Records a success. */
  delete(id: string): void {
    this.#ids.delete(id);
  }

  /** Forgets what nobody has asked for since this `performance.now()`, because there is nothing left to do for it. */
  forgetUnasked(since: number): void {
    for (const [id, { asked }] of this.#ids) if (asked < since) this.#ids.delete(id);
  }
}
