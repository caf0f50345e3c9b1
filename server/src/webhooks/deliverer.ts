import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { Counter, Gauge } from 'prom-client';
import type { WorkConfig } from '../config.ts';
import { readOnly, transaction } from '../db/transaction.ts';
import { first_id } from '../db/walk.ts';
import { describeError } from '../lib/describe-error.ts';
import { Loop, type Pass } from '../work/loop.ts';
import { usual_lease_ms, whileRenewing } from '../work/lease.ts';
import { SharedSetAside } from '../work/shared-set-aside.ts';
import { Turns } from '../work/turns.ts';
import { messageOf, renewLease, type Schedule, settle, takeDue, type Taken } from './delivery.ts';
import { type Ended, Places } from './places.ts';
import { queueDeliveries } from './queries.ts';
import { sealingKey } from './secrets.ts';
import { type Reply, Sender } from './send.ts';
import {
  type FoundWebhook,
  lockPlace,
  most_waiting,
  type Target,
  type WebhookKey,
  webhooksBehind,
} from './worker-queries.ts';

const task = 'webhook_deliveries';
const interval_ms = 200;
const pass_ms = 200;
const rest_per_work = 0.5;
/** How long the deliverer works on the webhooks found before it looks for more. */
const slice_ms = 25;
/** How many events one transaction queues for a webhook. */
const batch_size = 500;
/** How long a webhook is set aside after a failure. */
const retries = { first_retry_ms: 5_000, max_retry_ms: 5_000 };
/** How often the deliverer tries to store the outcome of an attempt. */
const settle_attempts = 3;

const ended = new Counter({
  name: 'baton_webhook_attempts_total',
  help: 'Attempts to deliver to a webhook that have ended, by outcome.',
  labelNames: ['outcome'],
});

const set_aside = new Gauge({
  name: 'baton_webhooks_set_aside',
  help: 'Webhooks that could not be worked on when that was last tried.',
  aggregator: 'max',
});

const begin: WebhookKey = { workspace_id: first_id, id: first_id };

interface Options {
  pool: pg.Pool;
  log: Logger;
  sender: Sender;
  sealing_key: Buffer;
  schedule: Schedule;
  /** How long a delivery's lease lasts. It is renewed during an attempt; the rest is for storing the outcome. */
  lease_ms: number;
}

/**
 * Queues events for webhooks and sends due deliveries. A pass starts attempts without waiting for them; each outcome is
 * stored when its attempt ends. Deliveries of a process that dies are due again when their leases end.
 */
export class Deliverer {
  readonly #options: Options;
  #behind: WebhookKey = begin;
  /** Webhooks with something to do. The people who gave them their addresses take turns, since some have thousands. */
  readonly #turns = new Turns<FoundWebhook>();
  readonly #places = new Places();
  readonly #running = new Set<Promise<void>>();
  readonly #set_aside: SharedSetAside;
  /** When this sweep over the webhooks began. */
  #began = performance.now();
  #stopping = false;
  /** Called when an attempt has ended, so that there is room again. */
  onRoom: () => void = () => undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#set_aside = new SharedSetAside({ ...retries, task, pool: options.pool, log: options.log });
  }

  async pass({ goesOn, count }: Pass): Promise<'done' | 'more'> {
    let left = false;
    do {
      const is_over = await this.#look();
      const until = performance.now() + slice_ms;
      do {
        const next = this.#turns.next();
        if (next === undefined) break;
        const { queued, more } = await this.#workOn(next);
        count(queued);
        left ||= more;
      } while (goesOn() && performance.now() < until);
      if (!is_over) continue;
      if (!left && this.#turns.size === 0) return 'done';
      left = false;
    } while (goesOn());
    return 'more';
  }

  /** Reads the next webhooks, and gives turns to those with something to do. Returns whether all have been read. */
  async #look(): Promise<boolean> {
    const found = await readOnly(this.#options.pool, {}, (db) => webhooksBehind(db, this.#behind));
    for (const one of found) {
      if (this.#set_aside.has(one.id)) continue;
      if (one.is_behind || one.is_due) this.#turns.add(one.charged_to, one.id, one);
    }
    const last = found.at(-1);
    this.#behind = last === undefined ? begin : { workspace_id: last.workspace_id, id: last.id };
    if (last !== undefined) return false;
    await this.#set_aside.sweep(this.#began);
    this.#began = performance.now();
    set_aside.set(this.#set_aside.size);
    return true;
  }

  /** Waits for the attempts in progress, no longer than `within_ms`. */
  async stop(within_ms: number): Promise<void> {
    this.#stopping = true;
    await Promise.race([Promise.all(this.#running), sleep(within_ms)]);
    this.#options.sender.close();
  }

  /** Queues a webhook's events and starts its due attempts. If that fails, the webhook is set aside for a while. */
  async #workOn(webhook: FoundWebhook): Promise<{ queued: number; more: boolean }> {
    const key = { workspace_id: webhook.workspace_id, id: webhook.id };
    try {
      const { queued, more } = webhook.is_behind
        ? await queueNext(this.#options.pool, key)
        : { queued: 0, more: false };
      const begun = webhook.is_due || queued > 0 ? await this.#begin(webhook) : 0;
      await this.#set_aside.delete(key);
      return { queued, more: more || begun > 0 };
    } catch (error) {
      await this.#set_aside.add(key, error);
      this.#options.log.error({ ...key, err: describeError(error) }, 'worker: webhook not worked on');
      return { queued: 0, more: false };
    }
  }

  async #begin(webhook: FoundWebhook): Promise<number> {
    const limit = this.#places.room(webhook);
    if (limit <= 0 || this.#stopping) return 0;
    const key = { workspace_id: webhook.workspace_id, id: webhook.id };
    const { pool, lease_ms } = this.#options;
    const { target, taken } = await takeDue(pool, key, { limit, lease_ms });
    if (target === undefined) return 0;
    for (const one of taken) {
      const leave = this.#places.take(webhook);
      let ended: Ended | undefined;
      const running = this.#attempt(key, target, one)
        .then((how) => void (ended = how))
        .finally(() => {
          this.#running.delete(running);
          leave(ended);
          this.onRoom();
        });
      this.#running.add(running);
    }
    return taken.length;
  }

  /**
   * Sends a message and stores the outcome. Never rejects: if the outcome can't be stored, it returns undefined, and
   * the message is sent again.
   */
  async #attempt(key: WebhookKey, target: Target, claim: Taken): Promise<Ended | undefined> {
    const { pool, log, sender, sealing_key, schedule, lease_ms } = this.#options;
    const message = messageOf(target, claim, sealing_key);
    const renew = () => renewLease(pool, key, { claim, lease_ms });
    const send = async () => (message === undefined ? unreadable() : sender.send(message));
    const reply = await whileRenewing({ lease_ms, renew, work: send });
    for (let tries = 1; ; tries++) {
      try {
        const outcome = await settle(pool, key, { claim, reply, schedule });
        ended.inc({ outcome });
        return { delivered: outcome === 'delivered', took_ms: reply.duration_ms };
      } catch (error) {
        log.warn(
          { ...key, sequence: claim.sequence, err: describeError(error) },
          'worker: outcome of an attempt not stored',
        );
        if (tries === settle_attempts) return undefined;
        await sleep(500 * tries);
      }
    }
  }
}

const unreadable = (): Reply => ({
  at: new Date().toISOString(),
  duration_ms: 0,
  status: null,
  error: 'SECRET_UNREADABLE',
  request_head: null,
  response_head: null,
  response_body: null,
  retry_after_s: undefined,
});

/** Queues a webhook's next events, unless another process is doing it. */
export function queueNext(pool: pg.Pool, { workspace_id, id }: WebhookKey): Promise<{ queued: number; more: boolean }> {
  return transaction(pool, { workspace_id }, async (tx) => {
    const place = await lockPlace(tx, { workspace_id, id });
    if (place === undefined || place.last <= place.last_sequence || place.waiting >= most_waiting) {
      return { queued: 0, more: false };
    }
    const first = place.last_sequence + 1;
    const last = Math.min(place.last, place.last_sequence + batch_size);
    const queued = await queueDeliveries(tx, { workspace_id, webhook_id: id, first, last }, false);
    return { queued, more: last < place.last };
  });
}

type Settings = Pick<
  WorkConfig,
  'webhook_private' | 'webhook_timeout_ms' | 'webhook_retries_s' | 'webhook_pause_after_s'
>;

/** Creates the deliverer of this process. Any number of processes may have one. */
export function createDeliverer(pool: pg.Pool, config: Settings & { secret: Buffer }, log: Logger): Deliverer {
  const { webhook_private: allow_private, webhook_timeout_ms: timeout_ms } = config;
  return new Deliverer({
    pool,
    log,
    sender: new Sender({ allow_private, timeout_ms }),
    sealing_key: sealingKey(config.secret),
    schedule: { retries_s: config.webhook_retries_s, pause_after_s: config.webhook_pause_after_s },
    lease_ms: Math.min(3 * timeout_ms + 1_000, usual_lease_ms),
  });
}

export function deliveryLoop(deliverer: Deliverer, log: Logger): Loop {
  const times = { interval_ms, pass_ms, rest_per_work, max_retry_ms: 5_000 };
  const loop = new Loop({ name: task, ...times, quiet: true, log, pass: (one) => deliverer.pass(one) });
  deliverer.onRoom = () => loop.wake();
  return loop;
}
