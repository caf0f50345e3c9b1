/** How long a result is shared: requests that wake at one event read the same at the same moment. */
const fresh_ms = 250;
/** Results that are kept at one time: each may be a megabyte. */
const most_kept = 16;

/** Reads once what many ask for at the same moment. */
export class SharedReads<T> {
  readonly #reads = new Map<string, Promise<T>>();
  readonly #isNews: (result: T) => boolean;

  /** `isNews`: whether a result is worth giving to others. One that found nothing is not: what wakes the next is newer. */
  constructor(isNews: (result: T) => boolean) {
    this.#isNews = isNews;
  }

  /** What was read for this key a moment ago, or is being read; a read of its own where that failed or found nothing. */
  get(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#reads.get(key);
    if (known !== undefined) return known.then((result) => (this.#isNews(result) ? result : read()), read);
    const reading = read();
    const [oldest] = this.#reads.keys();
    if (oldest !== undefined && this.#reads.size >= most_kept) this.#reads.delete(oldest);
    this.#reads.set(key, reading);
    // Counted from its beginning: what it says is no older.
    setTimeout(() => {
      if (this.#reads.get(key) === reading) this.#reads.delete(key);
    }, fresh_ms).unref();
    return reading;
  }
}
