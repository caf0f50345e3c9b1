import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { metrics_token } from '../../harness/server.ts';
import type { Wire } from '../../harness/wire.ts';
import type { Stage } from '../stage.ts';

/**
 * How much the memory may grow from early in a load to its end: enough for caches that fill, too little for a leak per request.
 */
const allowance_bytes = 32 * 2 ** 20;

/** How often one measurement collects garbage at most, and how much less than the last time is worth another one. */
const most_collections = 25;
const noise_bytes = 2 ** 20;

const collect = pathToFileURL(path.resolve(import.meta.dirname, '../../harness/collect.ts')).href;
/** Settings of a server whose memory is watched. */
export const collectable = { NODE_OPTIONS: `--expose-gc --import ${collect}` };

/** Watches the memory that all of the server's processes keep: the heap after a garbage collection, from the server's metrics. */
export class MemoryWatch {
  readonly #stage: Stage;
  readonly #wire: Wire;
  readonly #heaps: number[] = [];
  readonly #missing: string[] = [];
  #resident = 0;

  /** For a stage with the settings `collectable`. */
  constructor(stage: Stage, wire: Wire) {
    this.#stage = stage;
    this.#wire = wire;
  }

  async look(): Promise<void> {
    // Again until nothing more is released: the server takes a moment to give back what a thousand clients used.
    let least = Number.POSITIVE_INFINITY;
    for (let n = 0; n < most_collections; n++) {
      this.#stage.child.kill('SIGWINCH');
      await sleep(200);
      const heap = await this.#heap();
      if (heap === undefined) return;
      const released = least - heap;
      least = Math.min(least, heap);
      if (released < noise_bytes) break;
    }
    this.#heaps.push(least);
  }

  /** The memory in use, or undefined if there are no metrics. */
  async #heap(): Promise<number | undefined> {
    const text = await this.#metrics();
    if (text === undefined) return undefined;
    const sum = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d.*)$`, 'gm'))].reduce(
        (all, match) => all + Number(match[1]),
        0,
      );
    this.#resident = sum('process_resident_memory_bytes');
    return sum('nodejs_heap_size_used_bytes') + sum('nodejs_external_memory_bytes');
  }

  /**
   * The server's metrics. If there are none, it returns undefined and records a fault: zero bytes in use would hide any growth.
   */
  async #metrics(): Promise<string | undefined> {
    let said = '';
    for (const wait_ms of [0, 500, 1000, 2000]) {
      await sleep(wait_ms);
      const { status, text } = await this.#wire.send({ method: 'GET', path: '/metrics', token: metrics_token });
      if (status === 200 && text.includes('\nnodejs_heap_size_used_bytes')) return text;
      said = `${status} ${text.slice(0, 100)}`;
    }
    this.#missing.push(`no metrics, but ${said}`);
    return undefined;
  }

  /** The smallest heap in a part of the measurements, which excludes what was in progress at the time. */
  #least(from: number, to: number): number {
    const { length } = this.#heaps;
    return Math.min(...this.#heaps.slice(Math.round(length * from), Math.ceil(length * to)));
  }

  figures(): Record<string, number> {
    const mb = (bytes: number) => Math.round(bytes / 2 ** 20);
    return {
      heap_mb_early: mb(this.#least(0.1, 0.4)),
      heap_mb_late: mb(this.#least(0.7, 1)),
      resident_mb_at_the_end: mb(this.#resident),
    };
  }

  /** What is wrong: memory that has grown, and more of it than `resident_bound_mb` at the end. */
  faults(resident_bound_mb = Number.POSITIVE_INFINITY): string[] {
    const resident = Math.round(this.#resident / 2 ** 20);
    const large = resident > resident_bound_mb ? [`the server uses ${resident} MB`] : [];
    const grown = this.#least(0.7, 1) - this.#least(0.1, 0.4);
    const growth = grown > allowance_bytes ? [`the heap has grown by ${Math.round(grown / 2 ** 20)} MB`] : [];
    return [...growth, ...large, ...this.#missing];
  }
}
