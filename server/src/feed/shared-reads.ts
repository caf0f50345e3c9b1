/** For so long a result is given to others: those that one event wakes ask for the same at the same moment. */
const fresh_ms = 250;

/** Reads once what many ask for at the same moment. */
export class SharedReads<T> {
  readonly #reads = new Map<string, Promise<T>>();

  /** What was read for this key a moment ago, or is being read; a read of its own where that failed. */
  get(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#reads.get(key);
    if (known !== undefined) return known.catch(read);
    const reading = read();
    this.#reads.set(key, reading);
    // Counted from its beginning: what it says is no older.
    setTimeout(() => this.#reads.delete(key), fresh_ms).unref();
    return reading;
  }
}
