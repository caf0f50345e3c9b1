interface Entry<T> {
  value: T;
  bytes: number;
}

/** Remembers values of bounded size in all; what was not asked for longest is forgotten first. */
export class ByteCache<T> {
  readonly #max_bytes: number;
  /** A Map keeps the order of insertion: what is asked for moves to its end. */
  readonly #entries = new Map<string, Entry<T>>();
  #bytes = 0;

  constructor(max_bytes: number) {
    this.#max_bytes = max_bytes;
  }

  /** Bytes remembered now, as their givers counted them. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: T, bytes: number): void {
    this.#forget(key);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#max_bytes) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}
