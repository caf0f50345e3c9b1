import type { Wire } from '../../harness/wire.ts';

/** What the memory may grow by from early in a load to its end: caches that fill, not what each request leaves. */
const allowance_bytes = 32 * 2 ** 20;

/** Fewer looks than this may all fall between two visits of the collector, and tell nothing. */
const least_looks = 20;

/** Watches the heap of the server's processes, all together, by its own metrics. */
export class MemoryWatch {
  readonly #wire: Wire;
  readonly #heaps: number[] = [];
  #resident = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async look(): Promise<void> {
    const { text } = await this.#wire.send({ method: 'GET', path: '/metrics' });
    const sum = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d.*)$`, 'gm'))].reduce(
        (all, match) => all + Number(match[1]),
        0,
      );
    this.#heaps.push(sum('nodejs_heap_size_used_bytes') + sum('nodejs_external_memory_bytes'));
    this.#resident = sum('process_resident_memory_bytes');
  }

  /** The least of a part of the looks: what was left after the collector had been there. */
  #least(from: number, to: number): number {
    const { length } = this.#heaps;
    return Math.min(...this.#heaps.slice(Math.floor(length * from), Math.ceil(length * to)));
  }

  figures(): Record<string, number> {
    const mb = (bytes: number) => Math.round(bytes / 2 ** 20);
    return {
      heap_mb_early: mb(this.#least(0.1, 0.4)),
      heap_mb_late: mb(this.#least(0.7, 1)),
      resident_mb_at_the_end: mb(this.#resident),
    };
  }

  faults(): string[] {
    if (this.#heaps.length < least_looks) return [];
    const grown = this.#least(0.7, 1) - this.#least(0.1, 0.4);
    return grown > allowance_bytes ? [`the heap has grown by ${Math.round(grown / 2 ** 20)} MB`] : [];
  }
}
