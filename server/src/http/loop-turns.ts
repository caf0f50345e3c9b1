import type { RequestHandler } from 'express';
import { siteOf } from './networks.ts';

/** How long one turn of the event loop is spent on beginning requests; what other requests wait for has its turn in between. */
const turn_ms = 1;

/**
 * Decides whose requests begin next. A network may send a thousand requests at once, and Node would begin them all before
 * it did anything else. Here networks take turns, and in a turn requests are begun for a millisecond.
 */
export class LoopTurns {
  /** Of this turn. */
  #spent_ms = 0;
  #is_ending = false;
  /** By network, in the order of their turns. */
  readonly #queues = new Map<string, (() => void)[]>();

  /** Does a network's work at once when nobody waits and the turn isn't over, and else when it is the network's turn. */
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

  /** setImmediate comes once the sockets have been looked at, and what it starts waits until they have been again. */
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
        // Behind all the others: each network has its turn before this one has its next.
        this.#queues.delete(network);
        if (queue.length > 0) this.#queues.set(network, queue);
        if (next !== undefined) this.#do(next);
        if (this.#spent_ms >= turn_ms) return;
      }
    });
  }
}

/** Begins requests in the turns of their networks; an IPv6 site, which has 65,536 of them, is one. */
export const inTurn =
  (turns: LoopTurns): RequestHandler =>
  ({ ip = '' }, _res, next) =>
    turns.take(siteOf(ip), next);
