import { failures_until_rest } from './delivery.ts';
import type { FoundWebhook } from './worker-queries.ts';

/**
 * The maximum numbers of concurrent attempts: in a process (`all`), for the webhooks whose address one person gave
 * (`account`, or `slow_account` while they are slow), in a workspace, and for a webhook. A webhook begins with one
 * (`at_first`) and gets one more after each success, so that a receiver that never responds occupies few. After
 * `failures_until_rest` failures in a row it has only one again. `hindering` limits all attempts that take long or are
 * likely to, whoever they belong to. The last places are `reserved` for people who have no attempt in progress.
 */
const most = {
  all: 128,
  reserved: 32,
  hindering: 64,
  account: 64,
  slow_account: 16,
  workspace: 32,
  webhook: 8,
  at_first: 1,
};
/** An attempt that takes this long is slow. A receiver that only puts messages into its own queue is quicker. */
const slow_ms = 2_000;
/** How long a person counts as slow after a slow attempt. */
const slow_for_ms = 10 * 60_000;
const max_remembered = 10_000;

/** The outcome of an attempt. */
export interface Ended {
  delivered: boolean;
  /** The time until the receiver had responded. */
  took_ms: number;
}

type Webhook = Pick<FoundWebhook, 'workspace_id' | 'id' | 'charged_to' | 'failures'>;

/** An attempt in progress. */
interface Attempt {
  webhook: Webhook;
  began: number;
  /** Whether it was likely to take long when it began. */
  hinders: boolean;
}

/** Keeps the attempts in progress in this process, and says how many more may begin. */
export class Places {
  readonly #running = new Set<Attempt>();
  readonly #now: () => number;
  /** The number of attempts in progress by person, workspace and webhook. */
  readonly #counts = new Map<string, number>();
  /** How many attempts a webhook may have, if it has had successes. */
  readonly #shares = new Map<string, number>();
  /** Until when each person is slow. It is kept by person, because a person could always create another webhook. */
  readonly #slow = new Map<string, number>();

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Returns how many attempts may begin for a webhook. */
  room(webhook: Webhook): number {
    const { workspace_id, id, charged_to, failures } = webhook;
    const taken = (name: string) => this.#counts.get(name) ?? 0;
    const hindering = this.#countHindering();
    const free = most.all - this.#running.size;
    const is_slow = this.#isSlow(charged_to);
    return Math.min(
      // One of the reserved places, for a person without an attempt in progress.
      Math.max(free - most.reserved, taken(charged_to) === 0 ? Math.min(free, 1) : 0),
      (is_slow ? most.slow_account : most.account) - taken(charged_to),
      most.workspace - taken(workspace_id),
      (failures >= failures_until_rest ? most.at_first : (this.#shares.get(id) ?? most.at_first)) - taken(id),
      is_slow || failures > 0 ? most.hindering - hindering : most.all,
    );
  }

  /** Takes a place. The returned function gives it back, and learns from the outcome if there is one. */
  take(webhook: Webhook): (ended: Ended | undefined) => void {
    const hinders = webhook.failures > 0 || this.#isSlow(webhook.charged_to);
    const attempt = { webhook, began: this.#now(), hinders };
    this.#running.add(attempt);
    this.#count(webhook, 1);
    return (ended) => {
      this.#running.delete(attempt);
      this.#count(webhook, -1);
      if (ended !== undefined) this.#learn(webhook, ended);
    };
  }

  /** Counts hindering attempts, including those that turn out to take long. Their people are slow from now on. */
  #countHindering(): number {
    let count = 0;
    const now = this.#now();
    for (const { webhook, began, hinders } of this.#running) {
      const takes_long = now - began >= slow_ms;
      if (takes_long) this.#noteSlow(webhook.charged_to);
      if (takes_long || hinders) count++;
    }
    return count;
  }

  #isSlow(person: string): boolean {
    return (this.#slow.get(person) ?? 0) > this.#now();
  }

  #noteSlow(person: string): void {
    this.#slow.delete(person);
    const [oldest] = this.#slow.keys();
    if (oldest !== undefined && this.#slow.size >= max_remembered) this.#slow.delete(oldest);
    this.#slow.set(person, this.#now() + slow_for_ms);
  }

  #learn({ id, charged_to }: Webhook, { delivered, took_ms }: Ended): void {
    if (this.#shares.size >= max_remembered) this.#shares.clear();
    const is_slow = took_ms >= slow_ms;
    if (is_slow) this.#noteSlow(charged_to);
    const share = this.#shares.get(id) ?? most.at_first;
    if (delivered && !is_slow) this.#shares.set(id, Math.min(share + 1, most.webhook));
    else this.#shares.delete(id);
  }

  #count({ workspace_id, id, charged_to }: Webhook, by: 1 | -1): void {
    for (const name of [charged_to, workspace_id, id]) {
      const count = (this.#counts.get(name) ?? 0) + by;
      if (count > 0) this.#counts.set(name, count);
      else this.#counts.delete(name);
    }
  }
}
