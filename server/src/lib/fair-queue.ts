import { BatonError } from '../errors.ts';

interface Waiter {
  go: () => void;
  refuse: (error: BatonError) => void;
}

/**
 * Runs few jobs at a time, and lets waiting callers take turns: ninety jobs of one caller delay a job of another only
 * by those that are running. One caller may fill the queue; a newcomer then takes the last place of the caller with the
 * most jobs.
 */
export class FairQueue {
  readonly #max_running: number;
  readonly #max_waiting: number;
  /** The line of each caller, in the order of their turns. */
  readonly #lines = new Map<string, Waiter[]>();
  #running = 0;
  #waiting = 0;

  constructor({ max_running, max_waiting }: { max_running: number; max_waiting: number }) {
    this.#max_running = max_running;
    this.#max_waiting = max_waiting;
  }

  /** Runs the job when its turn has come. Throws `overloaded` when there is no place for it. */
  async run<T>(who: string, job: () => Promise<T>): Promise<T> {
    if (this.#running < this.#max_running) this.#running++;
    else await this.#wait(who); // a job that ends hands over its place
    try {
      return await job();
    } finally {
      this.#next();
    }
  }

  #wait(who: string): Promise<void> {
    const line = this.#lines.get(who) ?? [];
    if (this.#waiting >= this.#max_waiting) this.#makeRoom(line.length);
    return new Promise((go, refuse) => {
      line.push({ go, refuse });
      this.#lines.set(who, line);
      this.#waiting++;
    });
  }

  #makeRoom(own_length: number): void {
    const busy = new BatonError('overloaded', {}, { retry_after_s: 5 });
    const longest = [...this.#lines.values()].reduce((a, b) => (b.length > a.length ? b : a));
    if (longest.length <= own_length + 1) throw busy;
    longest.pop()?.refuse(busy);
    this.#waiting--;
  }

  #next(): void {
    const [first] = this.#lines;
    if (first === undefined) {
      this.#running--;
      return;
    }
    const [who, line] = first;
    this.#lines.delete(who);
    const waiter = line.shift();
    if (line.length > 0) this.#lines.set(who, line); // behind the others
    this.#waiting--;
    waiter?.go();
  }
}
