/** Counts the responses of a run, and records how long each call took. */
export class Measure {
  readonly #durations_ms = new Map<string, number[]>();
  readonly #statuses = new Map<number, number>();

  note(kind: string, status: number, duration_ms: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    const all = this.#durations_ms.get(kind) ?? [];
    this.#durations_ms.set(kind, all);
    all.push(duration_ms);
  }

  /** How many calls of a kind there were. */
  count(kind: string): number {
    return this.#durations_ms.get(kind)?.length ?? 0;
  }

  get server_errors(): number {
    return [...this.#statuses].reduce((sum, [status, count]) => (status >= 500 ? sum + count : sum), 0);
  }

  lines(): string[] {
    const table = [...this.#durations_ms].map(([kind, durations]) => {
      const sorted = durations.toSorted((a, b) => a - b);
      const at = (share: number) =>
        (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1).padStart(8);
      return `${kind.padEnd(12)}${String(sorted.length).padStart(8)}${at(0.5)}${at(0.9)}${at(0.99)}${at(1)}`;
    });
    const statuses = [...this.#statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    return ['call           count  p50 ms  p90 ms  p99 ms  max ms', ...table, `responses   ${statuses.join(', ')}`];
  }
}
