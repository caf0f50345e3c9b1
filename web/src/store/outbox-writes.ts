import type { Operation } from './decide.ts';
import type { Outbox } from './outcome.ts';
import { Signal } from './signal.ts';

/** Stores operations, and tells when each is stored. Operations are sent even if they can't be stored. */
export class OutboxWrites {
  readonly #outbox: Outbox;
  /** The newest write of each operation that is still needed, and whether it succeeded. */
  readonly #writes = new Map<string, Promise<boolean>>();
  readonly #changed = new Signal();

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  put(operation: Operation): void {
    const written = this.#outbox.put(operation).then(
      () => true,
      () => false,
    );
    this.#writes.set(operation.id, written);
    this.#changed.emit();
  }

  remove(id: string): void {
    this.#outbox.remove(id).catch(() => undefined);
    this.#writes.delete(id);
    this.#changed.emit();
  }

  /** Waits until an operation is stored as it is now, or no longer needed: done, or dropped by the person. */
  async kept(id: string): Promise<void> {
    for (let write = this.#writes.get(id); (await write) === false; write = this.#writes.get(id)) {
      if (this.#writes.get(id) === write) await this.#next();
    }
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#changed.subscribe(() => {
        stop();
        resolve();
      });
    });
  }
}
