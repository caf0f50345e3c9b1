import type { Operation } from './decide.ts';
import { newId } from './ids.ts';
import type { Outcome } from './outcome.ts';

/** The most operations in one bulk request. */
export const max_together = 100;

interface Parts {
  /** Sends several operations in one request, under its key. Returns their outcomes in the same order. */
  send: (operations: readonly Operation[], key: string) => Promise<Outcome[]>;
  /** Sends one operation alone. */
  sendAlone: (operation: Operation) => Promise<Outcome>;
  /** Stores an operation before it is sent. */
  keep: (operation: Operation) => void;
  newId?: () => string;
}

type Waiting = { operation: Operation; resolve: (outcome: Outcome) => void };

/**
 * Collects the operations of one act that are sent at the same moment, and sends them in one request. A retry sends the
 * same operations under the same key, so that the server does them once.
 */
export class Together {
  readonly #parts: Required<Parts>;
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(parts: Parts) {
    this.#parts = { newId, ...parts };
  }

  /** Sends an operation with the others of its act, and returns its outcome. */
  send(operation: Operation): Promise<Outcome> {
    const name = operation.together?.key ?? operation.act ?? operation.id;
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) queueMicrotask(() => void this.#flush(name));
    return new Promise((resolve) => {
      this.#waiting.set(name, [...(waiting ?? []), { operation, resolve }]);
    });
  }

  async #flush(name: string): Promise<void> {
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    const parts = Array.from({ length: Math.ceil(waiting.length / max_together) }, (_, index) =>
      waiting.slice(index * max_together, (index + 1) * max_together),
    );
    await Promise.all(parts.map((part) => this.#sendPart(part)));
  }

  async #sendPart(part: Waiting[]): Promise<void> {
    const sorted = part.toSorted((a, b) => (a.operation.together?.index ?? 0) - (b.operation.together?.index ?? 0));
    const known = sorted[0]?.operation.together;
    // A single operation, or one whose companions are gone, is sent alone, with the same effect.
    if (sorted.length === 1 || (known !== undefined && known.of !== sorted.length)) {
      await Promise.all(sorted.map(async ({ operation, resolve }) => resolve(await this.#parts.sendAlone(operation))));
      return;
    }
    const key = known?.key ?? this.#parts.newId();
    const operations = sorted.map(({ operation }, index) => ({
      ...operation,
      together: { key, index, of: sorted.length },
    }));
    for (const operation of operations) this.#parts.keep(operation);
    const outcomes = await this.#parts.send(operations, key);
    for (const [index, { resolve }] of sorted.entries()) {
      resolve(outcomes[index] ?? { kind: 'later', cause: 'unreachable' });
    }
  }
}
