import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { WorkConfig } from '../config.ts';
import { openStore } from '../attachments/open-store.ts';
import { attachmentLoop, task as attachments_task } from '../attachments/upkeep.ts';
import { sequencerLoop } from '../audit/sequencer.ts';
import { treesLoop } from '../audit/tree.ts';
import { unfitnessOf, worker_user } from '../db/connection-check.ts';
import { createPool } from '../db/pool.ts';
import { observePool } from '../http/metrics.ts';
import { upkeepLoops } from '../upkeep/loops.ts';
import { Mailer, mailLoops } from '../mail/mailer.ts';
import { notificationLoop, Notifier } from '../notifications/notifier.ts';
import type { Loop } from '../work/loop.ts';
import { createDeliverer, type Deliverer, deliveryLoop } from '../webhooks/deliverer.ts';
import { cleanupLoop } from '../workspaces/cleanup.ts';
import type { Service } from './services.ts';

const pool_end_ms = 1_000;

/** Creates the worker's pool. It is separate from that of requests, and has the worker's role. */
export function workerPool(config: WorkConfig, { url, max, log }: { url: string; max: number; log: Logger }): pg.Pool {
  return createPool({
    url,
    max,
    role: worker_user.role,
    user: worker_user,
    statement_timeout_ms: config.statement_timeout_ms,
    lock_timeout_ms: config.lock_timeout_ms,
    on_error: (error) => log.warn({ message: error.message }, 'database connection of the worker lost'),
  });
}

interface WorkerOptions {
  config: WorkConfig;
  url: string;
  log: Logger;
  /** Resolves when the schema is there, and the loops can start. */
  ready: Promise<void>;
  /** Prints a message for the operator. */
  say: (text: string) => void;
}

/**
 * Does the work that no request waits for, with a loop for each task. It runs in each process of `serve`, or in
 * processes of `work`. Any number may run: each loop finds its work in the database, and skips what another process has
 * locked.
 */
export class Worker implements Service {
  readonly name = 'worker';
  readonly #pool: pg.Pool;
  readonly #loops: readonly Loop[];
  readonly #deliverer: Deliverer | undefined;
  readonly #mailer: Mailer | undefined;
  readonly #options: WorkerOptions;
  #stopping = false;

  constructor(options: WorkerOptions) {
    const { config, url, log } = options;
    this.#options = options;
    this.#pool = workerPool(config, { url, max: config.worker_pool_size, log });
    const { secret } = config;
    this.#deliverer = secret === undefined ? undefined : createDeliverer(this.#pool, { ...config, secret }, log);
    const { mail } = config;
    this.#mailer =
      secret === undefined || mail === undefined
        ? undefined
        : new Mailer({ ...config, pool: this.#pool, log, secret, settings: mail });
    const mail_after_s = this.#mailer === undefined ? null : config.notification_mail_delay_s;
    const notifier = new Notifier(this.#pool, log, { mail_after_s });
    const notifications = notificationLoop(notifier, log);
    const tellOf = (workspace_id: string) => {
      notifier.hint(workspace_id);
      notifications.wake();
    };
    const { upkeep_interval_s } = config;
    const store = openStore(config);
    this.#loops = [
      ...upkeepLoops(this.#pool, config, log),
      ...(store === undefined ? [] : [attachmentLoop(this.#pool, { store, log, upkeep_interval_s })]),
      cleanupLoop(this.#pool, log),
      sequencerLoop(this.#pool, log, tellOf),
      treesLoop(this.#pool, log),
      notifications,
      ...mailLoops(this.#pool, this.#mailer, log),
      ...(this.#deliverer === undefined ? [] : [deliveryLoop(this.#deliverer, log)]),
    ];
    observePool('worker', this.#pool);
  }

  /** The names of its loops. */
  get tasks(): string[] {
    return this.#loops.map(({ name }) => name);
  }

  /** Has a loop look for work now. */
  wake(task: string): void {
    this.#loops.find(({ name }) => name === task)?.wake();
  }

  start(): void {
    void this.#options.ready.then(() => this.#begin());
  }

  /**
   * Starts the loops. If the database is unfit for the worker, it prints a warning and the loops retry: nothing that is
   * served depends on them.
   */
  async #begin(): Promise<void> {
    if (this.#stopping) return;
    if (this.#deliverer === undefined)
      this.#options.say('Without BATON_SECRET this process delivers to no webhooks and sends no mail.');
    if (!this.tasks.includes(attachments_task)) {
      this.#options.say(
        'Without BATON_ATTACHMENTS_DIR or BATON_ATTACHMENTS_S3_BUCKET this process does not remove the bytes of attachments.',
      );
    }
    if (this.#mailer !== undefined) this.#options.say(`Mail is sent through ${this.#mailer.server}.`);
    for (const loop of this.#loops) loop.start();
    const unfit = await unfitnessOf(this.#pool);
    if (unfit !== undefined && !this.#stopping)
      this.#options.say(`Warning: ${unfit} Until then the worker does nothing.`);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const { shutdown_timeout_ms } = this.#options.config;
    this.#mailer?.stop(); // first: a mail server that does not respond would use up the time of the loops
    await Promise.all(this.#loops.map((loop) => loop.stop(shutdown_timeout_ms)));
    await Promise.all([
      this.#deliverer?.stop(shutdown_timeout_ms),
      Promise.race([this.#mailer?.drained(), sleep(shutdown_timeout_ms, undefined, { ref: false })]),
    ]);
    // A step that did not end in time keeps its connection. When the process is gone, PostgreSQL finishes the step or
    // rolls it back.
    await Promise.race([this.#pool.end(), sleep(pool_end_ms)]);
  }
}
