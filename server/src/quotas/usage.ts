import type { Tx } from '../db/transaction.ts';
import { addUsage } from './queries.ts';
import { requireBelow } from './quotas.ts';

/** What a write leaves at least: its rows, their index entries and its audit entry. */
const least_bytes = 1024;
/** Smaller writes are added up by chance: one of so many bytes' worth adds as much as all of them. */
const grain_bytes = 64 * 1024;
/** How long a process remembers that a workspace is full, without asking. */
const remembered_ms = 60_000;
const max_remembered = 10_000;

/** What a write of so many bytes adds: on the average over all chances, from 0 to 1, what it is. */
export function weigh(bytes: number, chance: number): number {
  const weight = Math.max(bytes, least_bytes);
  if (weight >= grain_bytes) return weight;
  return chance * grain_bytes < weight ? grain_bytes : 0;
}

/**
 * Counts what each workspace stores, and stops it at its quota. Counting each write would make a row that all writers of
 * a workspace wait for; a transition of a kilobyte comes to it once in 64. A full workspace is noticed by the next write
 * that counts, in each process: it exceeds its quota by some hundred kilobytes, or by one large write.
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
   * Adds what the transaction stores, as its last statement: nobody waits for the row longer than a commit takes. A write
   * that stores nothing adds nothing.
   */
  add(tx: Tx, workspace_id: string, bytes: number): void {
    if (bytes === 0) return;
    const weight = weigh(bytes, Math.random());
    if (weight === 0) return;
    const rememberFull = (bytes_in_all: number) => bytes_in_all > this.#max_bytes && this.#remember(workspace_id);
    addUsage(tx, workspace_id, weight).then(rememberFull, () => undefined); // the transaction fails with it, and says so
  }

  #remember(workspace_id: string): void {
    if (this.#full.size >= max_remembered) this.#full.clear();
    this.#full.set(workspace_id, performance.now() + remembered_ms);
  }
}
