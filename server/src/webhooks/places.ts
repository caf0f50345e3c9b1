import { failures_until_rest } from './delivery.ts';
import type { FoundWebhook } from './worker-queries.ts';

/**
 * The most attempts at the same time: of a process, of webhooks whose address one person gave, of a workspace, of a webhook, and of one that fails. A webhook begins
 * with one, and has one more after each success, so that a receiver that never responds holds few. `hindering` bounds all attempts that take long or are
 * likely to, whoever's they are. The last places are `reserved` for people none of whose webhooks has an attempt in progress.
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
/** Longer than a receiver takes that puts messages into a queue of its own. */
const slow_ms = 2_000;
/** For so long a person is slow one of whose attempts took long. */
const slow_for_ms = 10 * 60_000;
const max_remembered = 10_000;

/** How an attempt ended. */
export interface Ended {
  delivered: boolean;
  /** Until the receiver had responded. */
  took_ms: number;
}

type Webhook = Pick<FoundWebhook, 'workspace_id' | 'id' | 'charged_to' | 'failures'>;

/** An attempt that goes on. */
interface Attempt {
  webhook: Webhook;
  began: number;
  /** Likely to take long, as it began. */
  hinders: boolean;
}

/** Which attempts go on in this process, and how many more may begin. */
export class Places {
  readonly #running = new Set<Attempt>();
  readonly #now: () => number;
  /** By person, workspace and webhook. */
  readonly #counts = new Map<string, number>();
  /** How many attempts a webhook may have that has had successes. */
  readonly #shares = new Map<string, number>();
  /** Until when each person is slow. By person, and not by webhook: there is always another webhook. */
  readonly #slow = new Map<string, number>();

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** How many attempts may begin for a webhook. */
  room(webhook: Webhook): number {
    const { workspace_id, id, charged_to, failures } = webhook;
    const taken = (name: string) => this.#counts.get(name) ?? 0;
    const hindering = this.#countHindering();
    const free = most.all - this.#running.size;
    const is_slow = this.#isSlow(charged_to);
    return Math.min(
      // Of the reserved places one, to who has none.
      Math.max(free - most.reserved, taken(charged_to) === 0 ? Math.min(free, 1) : 0),
      (is_slow ? most.slow_account : most.account) - taken(charged_to),
      most.workspace - taken(workspace_id),
      (failures >= failures_until_rest ? most.at_first : (this.#shares.get(id) ?? most.at_first)) - taken(id),
      is_slow || failures > 0 ? most.hindering - hindering : most.all,
    );
  }

  /** Takes a place; what it returns gives it back. Without how it ended, nothing is learnt. */
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

  /** Those too that go on for long without having been likely to: their persons are slow from now on. */
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
