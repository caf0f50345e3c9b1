/** Tells its listeners that something changed. It says nothing of what: they look. */
export class Signal {
  readonly #listeners = new Set<() => void>();

  /** Calls the listener on every change, until the function it returns is called. */
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
