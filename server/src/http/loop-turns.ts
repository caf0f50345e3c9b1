import type { RequestHandler } from 'express';
import { siteOf } from './networks.ts';

/** How long the process begins requests in one turn of the event loop. Other work gets its turn in between. */
const turn_ms = 1;

/**
 * Decides whose requests begin next. A network may send a thousand requests at once, and Node would begin them all before
 * it did anything else. Here networks take turns, and in a turn requests are begun for a millisecond.
 */
export class LoopTurns {
  /** The time spent in this turn. */
  #spent_ms = 0;
  #is_ending = false;
  /** By network, in the order of their turns. */
  readonly #queues = new Map<string, (() => void)[]>();

  /** Does a network's work at once if nobody waits and the turn isn't over; otherwise in the network's turn. */
  take(network: string, work: () => void): void {
    this.#endTurn();
    if (this.#queues.size === 0 && this.#spent_ms < turn_ms) {
      this.#do(work);
      return;
    }
    const queue = this.#queues.get(network);
    if (queue === undefined) this.#queues.set(network, [work]);
    else queue.push(work);
  }

  #do(work: () => void): void {
    const begun = performance.now();
    work();
    this.#spent_ms += performance.now() - begun;
  }

  /**
   * setImmediate runs after the event loop has looked at the sockets, and what it schedules runs after the next look.
   */
  #endTurn(): void {
    if (this.#is_ending) return;
    this.#is_ending = true;
    setImmediate(() => {
      this.#is_ending = false;
      this.#spent_ms = 0;
      if (this.#queues.size === 0) return;
      this.#endTurn();
      for (const [network, queue] of this.#queues) {
        const next = queue.shift();
        // To the end: every other network has its turn before this one has its next.
        this.#queues.delete(network);
        if (queue.length > 0) this.#queues.set(network, queue);
        if (next !== undefined) this.#do(next);
        if (this.#spent_ms >= turn_ms) return;
      }
    });
  }
}

/** Begins requests in the turns of their networks. An IPv6 site, which has 65,536 networks, counts as one. */
export const inTurn =
  (turns: LoopTurns): RequestHandler =>
  ({ ip = '' }, _res, next) =>
    turns.take(siteOf(ip), next);
