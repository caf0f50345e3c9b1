/** How long something is left alone after each failure in a row: twice as long each time, within these bounds. */
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
 * What could not be worked on, a workspace or a webhook by its id, and is left alone for a while: it keeps nothing else waiting. In the
 * memory of one process, by its steady clock.
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

  /** Whether to leave it alone now. */
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

  /** It could not be worked on. Gives how often in a row, and for how long it is left alone. */
  add(id: string): { failures: number; retry_ms: number } {
    const { first_retry_ms, max_retry_ms } = this.#retries;
    const failures = this.failuresOf(id) + 1;
    const retry_ms = Math.min(first_retry_ms * 2 ** (failures - 1), max_retry_ms);
    const now = performance.now();
    this.#ids.set(id, { failures, until: now + retry_ms, asked: now });
    return { failures, retry_ms };
  }

  /** It was worked on. */
  delete(id: string): void {
    this.#ids.delete(id);
  }

  /** Forgets what nobody has asked for since then, by `performance.now()`: there is nothing to do for it any more. */
  forgetUnasked(since: number): void {
    for (const [id, { asked }] of this.#ids) if (asked < since) this.#ids.delete(id);
  }
}
