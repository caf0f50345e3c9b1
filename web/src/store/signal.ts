/** Tells its listeners that something has changed, but not what. */
export class Signal {
  readonly #listeners = new Set<() => void>();

  /** Calls the listener on every change until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  emit(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
