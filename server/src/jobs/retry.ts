import type pg from 'pg';
import { readOnly, transaction } from '../db/transaction.ts';
import { first_id } from '../db/walk.ts';
import { newId } from '../lib/ids.ts';
import { retryMail } from '../mail/worker-queries.ts';
import { webhookKey, webhooksThatGaveUp } from '../webhooks/retry-queries.ts';
import { retryGivenUp } from '../webhooks/retry.ts';
import type { WebhookKey } from '../webhooks/worker-queries.ts';
import { takeBack } from '../work/set-aside-queries.ts';
import { mailsBehind, setAsideBehind } from './queries.ts';

const batch_size = 500;
const most_told = 20;
/** For how many seconds at least a retried mail is tried again. */
const mail_s = 3_600;

/** Counts what was retried, and says in sentences what was not, and what to do. */
export class Retrying {
  deliveries = 0;
  mails = 0;
  set_aside = 0;
  readonly not_done: string[] = [];
  /** What else the operator should know. */
  readonly notes: string[] = [];
  #untold = 0;

  get count(): number {
    return this.deliveries + this.mails + this.set_aside;
  }

  fail(says: string): void {
    if (this.not_done.length < most_told) this.not_done.push(says);
    else this.#untold++;
  }

  /** The lines for stderr. */
  get warnings(): string[] {
    const more = this.#untold === 0 ? [] : [`And ${this.#untold} more.`];
    return [...this.not_done, ...more, ...this.notes];
  }
}

const see_list = 'npm run jobs lists what can be retried.';

/** Retries all deliveries that a webhook has given up, batch by batch, or that of one event. */
async function retryWebhook(retrying: Retrying, pool: pg.Pool, key: WebhookKey, event_id?: string): Promise<void> {
  const { id } = key;
  for (let behind = 0; ; ) {
    const done = await retryGivenUp(pool, key, { behind, ...(event_id === undefined ? {} : { event_id }) });
    if (done === undefined || (done.found === 0 && event_id !== undefined)) {
      retrying.fail(`Webhook ${id} has not given up event ${event_id}. ${see_list}`);
      return;
    }
    if (done.found === 0) return;
    if (done.state === 'disabled') {
      retrying.fail(`Webhook ${id} is disabled. Retry its deliveries when an admin has activated it again.`);
      return;
    }
    if (done.is_full) {
      retrying.fail(
        `Webhook ${id} has as many waiting deliveries as are allowed. Retry the rest when some of them have ended.`,
      );
      return;
    }
    retrying.deliveries += done.queued;
    const unwanted = done.found - done.queued;
    if (unwanted > 0)
      retrying.fail(
        `Webhook ${id} no longer gets ${unwanted} of the events that were given up: its types or projects were changed.`,
      );
    if (done.state === 'paused' && behind === 0 && retrying.notes.length < most_told)
      retrying.notes.push(`Webhook ${id} is paused: nothing is sent until an admin activates it again.`);
    if (event_id !== undefined) return;
    behind = done.last;
  }
}

export async function retryDelivery(
  retrying: Retrying,
  pool: pg.Pool,
  { webhook_id, event_id }: { webhook_id: string; event_id: string },
): Promise<void> {
  const key = await readOnly(pool, {}, (db) => webhookKey(db, webhook_id));
  if (key === undefined) retrying.fail(`There is no webhook ${webhook_id}. ${see_list}`);
  else await retryWebhook(retrying, pool, key, event_id);
}

/** Retries all deliveries that were given up, of one workspace or of all. */
export async function retryDeliveries(retrying: Retrying, pool: pg.Pool, workspace_id?: string): Promise<void> {
  for (let behind: WebhookKey = { workspace_id: first_id, id: first_id }; ; ) {
    const options = { behind, workspace_id, limit: batch_size };
    const found = await readOnly(pool, {}, (db) => webhooksThatGaveUp(db, options));
    for (const key of found) await retryWebhook(retrying, pool, key);
    const last = found.at(-1);
    if (last === undefined) return;
    behind = last;
  }
}

/** Retries these mails in one transaction. */
async function retryEach(retrying: Retrying, pool: pg.Pool, ids: readonly string[]): Promise<void> {
  const queued = await transaction(pool, {}, (tx) =>
    Promise.all(ids.map((id) => retryMail(tx, id, { fresh: newId(), for_s: mail_s }))),
  );
  for (const [n, id] of ids.entries()) {
    if (queued[n] === true) retrying.mails++;
    else
      retrying.fail(
        `Mail ${id} was not given up, or its token has expired. ${see_list} For a new token, invite the person or change the address again.`,
      );
  }
}

export const retryOneMail = (retrying: Retrying, pool: pg.Pool, id: string) => retryEach(retrying, pool, [id]);

/** Retries all mails that were given up. */
export async function retryMails(retrying: Retrying, pool: pg.Pool): Promise<void> {
  for (let behind = first_id; ; ) {
    const ids = await readOnly(pool, {}, (db) => mailsBehind(db, behind, batch_size));
    if (ids.length > 0) await retryEach(retrying, pool, ids);
    const last = ids.at(-1);
    if (last === undefined) return;
    behind = last;
  }
}

/** Makes the worker try at once what is set aside: one workspace or webhook, all of a workspace, or everything. */
export async function retrySetAside(
  retrying: Retrying,
  pool: pg.Pool,
  of: { subject_id?: string; workspace_id?: string },
): Promise<void> {
  for (let behind = first_id; ; ) {
    const found = await readOnly(pool, {}, (db) => setAsideBehind(db, behind, { ...of, limit: batch_size }));
    const taken = await transaction(pool, {}, (tx) =>
      Promise.all(
        found.map(({ workspace_id, subject_id, task }) => takeBack(tx, { workspace_id, id: subject_id }, task)),
      ),
    );
    retrying.set_aside += taken.filter(Boolean).length;
    const last = found.at(-1);
    if (last === undefined) break;
    behind = last.subject_id;
  }
  if (of.subject_id !== undefined && retrying.set_aside === 0)
    retrying.fail(`Nothing of ${of.subject_id} is set aside. ${see_list}`);
}
