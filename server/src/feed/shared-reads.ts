/** How long a result is kept for those that asked for it before it was read: requests that wake at one event ask for the same, and take turns. */
const kept_ms = 250;
/** Results that are kept at one time: each may be a megabyte. */
const most_kept = 16;

interface Reading<T> {
  began: number;
  result: Promise<T>;
  /** Whether the result is there. */
  is_there: boolean;
}

interface Given<T> {
  result: T;
  /** Whether it is no newer than what the caller asks the database for from now on. */
  is_no_newer: boolean;
}

/** Reads once what many ask for at the same moment. */
export class SharedReads<T> {
  readonly #readings = new Map<string, Reading<T>>();

  /**
   * What somebody has begun to read for this key since `asked_at`, or what `read` reads now: nobody is given what was read before they asked for
   * it, which may have been deleted by then. A read that fails is nobody else's.
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

  /** In the caller's burst: it begins before anything is awaited. */
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
