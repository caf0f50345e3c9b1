/** How many responses are delayed at one time, at some ten kilobytes each with their connections. */
const max_held = 2_000;

/**
 * Delays responses for a moment. Of a client that asks again as soon as it has its response, a refusal at once makes a loop
 * that keeps the process busy with refusing; delayed for a quarter of a second, sixty such connections cost it 2 %.
 */
export class HoldBack {
  readonly #delay_ms: number;
  #held = 0;

  constructor(delay_ms: number) {
    this.#delay_ms = delay_ms;
  }

  /** Responds after a moment. False when too many wait already: then nothing is done. */
  answer(send: () => void): boolean {
    if (this.#held >= max_held) return false;
    this.#held++;
    setTimeout(() => {
      this.#held--;
      send();
    }, this.#delay_ms);
    return true;
  }
}
