/**
 * How long a result is kept for requests that asked before it was read. Requests woken by one event ask for the same,
 * and take turns.
 */
const kept_ms = 250;
/** How many results are kept at one time. Each may be a megabyte. */
const most_kept = 16;

interface Reading<T> {
  began: number;
  result: Promise<T>;
  /** Whether the read has finished. */
  is_there: boolean;
}

interface Given<T> {
  result: T;
  /** Whether whatever the caller reads from now on is at least as new as the result. */
  is_no_newer: boolean;
}

/** Reads once what many callers ask for at the same moment. */
export class SharedReads<T> {
  readonly #readings = new Map<string, Reading<T>>();

  /**
   * Returns the result of a read for this key that began after `asked_at`, or else calls `read`. It never returns what
   * was read before the caller asked, because that may have been deleted by then. If a shared read fails, each caller
   * who waited for it calls `read` instead.
   */
  async get(key: string, asked_at: number, read: () => Promise<T>): Promise<Given<T>> {
    const known = this.#readings.get(key);
    if (known === undefined || known.began < asked_at) {
      const result = await this.#read(key, read);
      return { result, is_no_newer: true };
    }
    const is_no_newer = known.is_there;
    const result = await known.result.catch(() => read());
    return { result, is_no_newer };
  }

  /** Begins the read before anything is awaited, so that it is sent in the caller's batch of statements. */
  #read(key: string, read: () => Promise<T>): Promise<T> {
    const reading: Reading<T> = { began: performance.now(), result: read(), is_there: false };
    this.#readings.delete(key);
    const [oldest] = this.#readings.keys();
    if (oldest !== undefined && this.#readings.size >= most_kept) this.#readings.delete(oldest);
    this.#readings.set(key, reading);
    const forget = () => {
      if (this.#readings.get(key) === reading) this.#readings.delete(key);
    };
    reading.result.then(() => (reading.is_there = true), forget);
    setTimeout(forget, kept_ms).unref();
    return reading.result;
  }
}
