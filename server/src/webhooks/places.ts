import { failures_until_rest } from './delivery.ts';
import type { FoundWebhook } from './worker-queries.ts';

/**
 * Attempts at the same time: of a process, of webhooks that one person created, of a workspace, of a webhook, and of one that fails. A webhook begins with one, and has
 * one more after each success: what a receiver takes that never responds is little. `hindering` are those of webhooks whose last attempt
 * failed or took long: however many there are, and of however many people, they leave room to the others.
 */
const most = { all: 128, hindering: 64, account: 64, workspace: 32, webhook: 8, at_first: 1 };
/** Longer than a receiver takes that puts messages into a queue of its own. */
const slow_ms = 2_000;
/** After so many quick responses in a row a webhook isn't slow any more. */
const quick_again = 8;
const max_remembered = 10_000;

/** How an attempt ended. */
export interface Ended {
  delivered: boolean;
  /** Until the receiver had responded. */
  took_ms: number;
}

type Webhook = Pick<FoundWebhook, 'workspace_id' | 'id' | 'created_by' | 'failures'>;

/** Which attempts go on in this process, and how many more may begin. */
export class Places {
  #all = 0;
  #hindering = 0;
  /** By person, workspace and webhook. */
  readonly #counts = new Map<string, number>();
  /** How many attempts a webhook may have that has had successes. */
  readonly #shares = new Map<string, number>();
  /** How many quick responses each webhook still needs that was slow. */
  readonly #slow = new Map<string, number>();

  /** How many attempts may begin for a webhook. */
  room(webhook: Webhook): number {
    const { workspace_id, id, created_by, failures } = webhook;
    const taken = (name: string) => this.#counts.get(name) ?? 0;
    return Math.min(
      most.all - this.#all,
      most.account - taken(created_by),
      most.workspace - taken(workspace_id),
      (failures >= failures_until_rest ? most.at_first : (this.#shares.get(id) ?? most.at_first)) - taken(id),
      this.#hinders(webhook) ? most.hindering - this.#hindering : most.all,
    );
  }

  /** Takes a place; what it returns gives it back. Without how it ended, nothing is learnt. */
  take(webhook: Webhook): (ended: Ended | undefined) => void {
    const hinders = this.#hinders(webhook);
    this.#count(webhook, hinders, 1);
    return (ended) => {
      this.#count(webhook, hinders, -1);
      if (ended !== undefined) this.#learn(webhook.id, ended);
    };
  }

  #hinders({ id, failures }: Webhook): boolean {
    return failures > 0 || this.#slow.has(id);
  }

  #learn(id: string, { delivered, took_ms }: Ended): void {
    if (this.#slow.size >= max_remembered) this.#slow.clear();
    if (this.#shares.size >= max_remembered) this.#shares.clear();
    const is_slow = took_ms >= slow_ms;
    const left = is_slow ? quick_again : (this.#slow.get(id) ?? 0) - 1;
    if (left > 0) this.#slow.set(id, left);
    else this.#slow.delete(id);
    const share = this.#shares.get(id) ?? most.at_first;
    if (delivered && !is_slow) this.#shares.set(id, Math.min(share + 1, most.webhook));
    else this.#shares.delete(id);
  }

  #count({ workspace_id, id, created_by }: Webhook, hinders: boolean, by: 1 | -1): void {
    this.#all += by;
    if (hinders) this.#hindering += by;
    for (const name of [created_by, workspace_id, id]) {
      const count = (this.#counts.get(name) ?? 0) + by;
      if (count > 0) this.#counts.set(name, count);
      else this.#counts.delete(name);
    }
  }
}
