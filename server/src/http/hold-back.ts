import type { LoopTurns } from './loop-turns.ts';

/** How many responses may be delayed at one time. Each takes some ten kilobytes with its connection. */
const max_held = 2_000;

/**
 * Delays responses for a moment. A client that repeats a request as soon as it is refused would keep the process busy
 * with refusals. With a delay of a quarter of a second, sixty such connections cost the process 2 %.
 */
export class HoldBack {
  readonly #delay_ms: number;
  readonly #turns: LoopTurns;
  #held = 0;

  constructor(delay_ms: number, turns: LoopTurns) {
    this.#delay_ms = delay_ms;
    this.#turns = turns;
  }

  /**
   * Calls `send` after the delay, in the turn of the network. If too many responses wait already, returns false and
   * does nothing.
   */
  answer(network: string, send: () => void): boolean {
    if (this.#held >= max_held) return false;
    this.#held++;
    setTimeout(() => {
      this.#turns.take(network, () => {
        this.#held--;
        send();
      });
    }, this.#delay_ms);
    return true;
  }
}
