import type { Tx } from '../db/transaction.ts';
import { addUsage } from './queries.ts';
import { requireBelow } from './quotas.ts';

/** The least that a write stores: its rows, their index entries and its audit entry. */
const least_bytes = 1024;
/** A smaller write counts as this many bytes or as none, at random, so that the sum is right on average. */
const grain_bytes = 64 * 1024;
/** How long a process remembers that a workspace is full before it asks the database again. */
const remembered_ms = 60_000;
const max_remembered = 10_000;

/** As how many bytes a write counts. Averaged over all chances from 0 to 1, that is its size. */
export function weigh(bytes: number, chance: number): number {
  const weight = Math.max(bytes, least_bytes);
  if (weight >= grain_bytes) return weight;
  return chance * grain_bytes < weight ? grain_bytes : 0;
}

/**
 * Counts what each workspace stores, and refuses writes beyond its quota. If each write were counted, all writers of a
 * workspace would wait for one row. Instead, a transition of a kilobyte is counted once in 64 times. Each process
 * notices a full workspace at its next write that is counted, so a workspace may exceed its quota by some hundred
 * kilobytes, or by one large write.
 */
export class Usage {
  readonly #max_bytes: number;
  readonly #full = new Map<string, number>();

  constructor(max_bytes: number) {
    this.#max_bytes = max_bytes;
  }

  /** Throws `quota_exceeded` for a workspace that is known to be full. */
  requireRoom(workspace_id: string): void {
    const until = this.#full.get(workspace_id);
    if (until === undefined) return;
    if (until > performance.now())
      requireBelow('mib_per_workspace', this.#max_bytes / 2 ** 20, Number.POSITIVE_INFINITY);
    this.#full.delete(workspace_id);
  }

  /**
   * Adds what the transaction stores, as its last statement, so that nobody waits for the row longer than a commit
   * takes. A write that stores nothing adds nothing.
   */
  add(tx: Tx, workspace_id: string, bytes: number): void {
    if (bytes === 0) return;
    const weight = weigh(bytes, Math.random());
    if (weight === 0) return;
    const rememberFull = (bytes_in_all: number) => bytes_in_all > this.#max_bytes && this.#remember(workspace_id);
    addUsage(tx, workspace_id, weight).then(rememberFull, () => undefined); // if it fails, the transaction fails and reports it
  }

  #remember(workspace_id: string): void {
    if (this.#full.size >= max_remembered) this.#full.clear();
    this.#full.set(workspace_id, performance.now() + remembered_ms);
  }
}
