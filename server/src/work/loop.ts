import type { Logger } from 'pino';
import { describeError } from '../lib/describe-error.ts';
import { announceTask, observePass } from './metrics.ts';

/** What a loop passes to each pass. */
export interface Pass {
  /** Whether to do another step: the pass has time left, and the loop is not stopping. */
  goesOn: () => boolean;
  /** Counts rows that a step has removed or changed. */
  count: (rows: number) => void;
}

export interface LoopOptions {
  /** Names the task in the log and in metrics. */
  name: string;
  /** The longest rest after a pass that left nothing to do. The shortest is half of it. */
  interval_ms: number;
  /** How long a pass may last, by default a second. */
  pass_ms?: number;
  /** How many times as long as a pass the rest is if there is more to do; by default three. */
  rest_per_work?: number;
  /** The longest rest after failed passes, by default five minutes. */
  max_retry_ms?: number;
  /** Whether its passes are so frequent that they are logged at the level `debug`. */
  quiet?: boolean;
  log: Logger;
  /** Works in short steps, each committed by itself, while `goesOn` returns true. Returns whether there is more to do. */
  pass: (pass: Pass) => Promise<'done' | 'more'>;
}

const usual_pass_ms = 1_000;
/** A loop that always has more to do works a quarter of the time, because requests come first. */
const usual_rest_per_work = 3;
const first_retry_ms = 1_000;
const usual_max_retry_ms = 5 * 60_000;

/** A random time between half of it and all, so that loops that start together in several processes drift apart. */
const spread = (ms: number) => ms * (0.5 + Math.random() / 2);

/**
 * Repeats a task until it is stopped. It remembers nothing of its work: each pass finds that in the database, so any
 * number of processes may run the same loop, and the next pass finds whatever one left undone.
 */
export class Loop {
  readonly name: string;
  readonly #options: LoopOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopping = false;
  #woken = false;
  /** Failed passes in a row. */
  #failures = 0;

  constructor(options: LoopOptions) {
    this.name = options.name;
    this.#options = options;
    announceTask(options.name);
  }

  start(): void {
    this.#runAfter(0);
  }

  /** Hints that there may be work. A hint only saves time; one that comes while passes fail is ignored. */
  wake(): void {
    if (this.#timer === undefined || this.#stopping || this.#failures > 0) return;
    if (this.#running === undefined) this.#runAfter(0);
    else this.#woken = true;
  }

  /** Stops after the step in progress, which it waits for at most `within_ms`. */
  async stop(within_ms: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    if (this.#running === undefined) return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => late.resolve(), within_ms);
    await Promise.race([this.#running, late.promise]);
    clearTimeout(timer);
  }

  #runAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#running = this.#runAndRest();
    }, ms);
  }

  async #runAndRest(): Promise<void> {
    const rest_ms = await this.#run();
    this.#running = undefined;
    if (!this.#stopping) this.#runAfter(rest_ms);
  }

  /** Runs one pass. Returns for how many milliseconds to rest after it. */
  async #run(): Promise<number> {
    const { name, interval_ms, log, pass, quiet = false } = this.#options;
    const { pass_ms = usual_pass_ms, max_retry_ms = usual_max_retry_ms } = this.#options;
    const { rest_per_work = usual_rest_per_work } = this.#options;
    const started = performance.now();
    let rows = 0;
    this.#woken = false;
    const goesOn = () => !this.#stopping && performance.now() - started < pass_ms;
    const ended = (outcome: 'done' | 'failed') => {
      const duration_ms = Math.round(performance.now() - started);
      observePass({ task: name, outcome, duration_ms, rows });
      return duration_ms;
    };
    try {
      const left = await pass({ goesOn, count: (more) => (rows += more) });
      const duration_ms = ended('done');
      this.#failures = 0;
      if (rows > 0) log[quiet ? 'debug' : 'info']({ task: name, rows, duration_ms }, 'worker: pass');
      if (left === 'more' || this.#woken) return Math.max(20, duration_ms * rest_per_work);
      return spread(interval_ms);
    } catch (error) {
      const duration_ms = ended('failed');
      const retry_ms = Math.round(spread(Math.min(first_retry_ms * 2 ** this.#failures, max_retry_ms)));
      this.#failures++;
      log.warn(
        { task: name, rows, duration_ms, failures: this.#failures, retry_ms, err: describeError(error) },
        'worker: pass failed',
      );
      return retry_ms;
    }
  }
}
