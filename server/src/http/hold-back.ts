import type { LoopTurns } from './loop-turns.ts';

/** How many responses are delayed at one time, at some ten kilobytes each with their connections. */
const max_held = 2_000;

/**
 * Delays responses for a moment. Of a client that asks again as soon as it has its response, a refusal at once makes a loop
 * that keeps the process busy with refusing; delayed for a quarter of a second, sixty such connections cost it 2 %.
 */
export class HoldBack {
  readonly #delay_ms: number;
  readonly #turns: LoopTurns;
  #held = 0;

  constructor(delay_ms: number, turns: LoopTurns) {
    this.#delay_ms = delay_ms;
    this.#turns = turns;
  }

  /** Responds after a moment, in the turn of the network. False when too many wait already: then nothing is done. */
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
