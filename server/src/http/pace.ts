import type { Limit, LimitName } from '../lib/limit.ts';

/** Times are sums of floating-point numbers; a smaller difference than this counts as none. */
const no_time_ms = 1e-3;

/** How many networks or accounts are remembered, at some hundred bytes each. */
const max_remembered = 50_000;

/**
 * A rate limit by GCRA. It stores one number per caller in memory: the time at which the caller's next request would be
 * due if its requests came evenly. A caller that has been idle for a while is forgotten, since its next request would
 * be admitted anyway.
 */
export class Pace {
  /** How many requests may come at once. */
  readonly burst: number;
  readonly #every_ms: number;
  readonly #due = new Map<string, number>();

  constructor({ count, within_ms, burst }: { count: number; within_ms: number; burst: number }) {
    this.burst = burst;
    this.#every_ms = within_ms / count;
  }

  /** The limit as clients see it: how much may come at once, and after how many seconds as much may come again. */
  limit(name: LimitName): Limit {
    return { name, quota: this.burst, window_s: Math.ceil((this.burst * this.#every_ms) / 1000) };
  }

  /** Counts a request with its weight. Returns 0, or the ms to wait if it comes too early; then it is not counted. */
  spend(who: string, now: number, weight = 1): number {
    const due = Math.max(this.#due.get(who) ?? now, now);
    const next = due + weight * this.#every_ms;
    const early = next - now - this.burst * this.#every_ms;
    // A request heavier than the burst passes if the whole burst is free.
    if (early > no_time_ms && due > now) return Math.max(1, early);
    this.#note(who, next, now);
    return 0;
  }

  /** Counts what has been spent already, even beyond the burst. */
  charge(who: string, now: number, weight: number): void {
    this.#note(who, Math.max(this.#due.get(who) ?? now, now) + weight * this.#every_ms, now);
  }

  #note(who: string, due: number, now: number): void {
    if (this.#due.size >= max_remembered) this.#forget(now);
    this.#due.set(who, due);
  }

  /** The ms until the caller may spend again, after more was charged than the burst allows; otherwise 0. */
  wait_ms(who: string, now: number): number {
    return Math.max(0, this.#ahead(who, now) - this.burst * this.#every_ms);
  }

  /** How many more requests may come now. */
  left(who: string, now: number): number {
    const ahead_ms = Math.max(0, this.#ahead(who, now) - no_time_ms);
    return Math.max(0, Math.floor(this.burst - ahead_ms / this.#every_ms));
  }

  /** The ms until the whole burst is free again. */
  #ahead(who: string, now: number): number {
    return Math.max(0, (this.#due.get(who) ?? now) - now);
  }

  /** The seconds until the whole burst is free again. */
  resetAfter_s(who: string, now: number): number {
    return Math.ceil(this.#ahead(who, now) / 1000);
  }

  #forget(now: number): void {
    for (const [who, due] of this.#due) if (due <= now) this.#due.delete(who);
    // So many active callers at once mean an attack: those seen first are forgotten and start anew.
    for (const who of this.#due.keys()) {
      if (this.#due.size < max_remembered) return;
      this.#due.delete(who);
    }
  }
}
