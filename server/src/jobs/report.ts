import type pg from 'pg';
import { type Db, readOnly } from '../db/transaction.ts';
import type { Retention } from '../upkeep/catalogue.ts';
import { overdueRows } from '../upkeep/overdue-queries.ts';
import * as queries from './queries.ts';
import type { GivenUpDelivery, GivenUpMail, Next, SetAsideRow, Waiting } from './queries.ts';

/** Of so many workspaces, and so many webhooks, the time of the next event is looked up. */
const most_asked = 100;
/** Rows that upkeep is to remove are counted up to here, in each table. */
const most_counted = 100_000;

/** What one of the worker's tasks has before it. */
export interface Consumer extends Waiting {
  /** The task, and what of it: `webhook_deliveries, due`. */
  what: string;
}

/** Some of a list, the first of it, and how many there are. */
interface Listed<Row> {
  count: number;
  listed: Row[];
}

/** What waits for the worker, and what waits for a person. */
export interface Report {
  waiting: Consumer[];
  /** What is to be removed, where there is something. */
  upkeep: Consumer[];
  given_up_deliveries: Listed<GivenUpDelivery>;
  set_aside: Listed<SetAsideRow>;
  given_up_mails: Listed<GivenUpMail>;
}

/** How long the oldest of these events has waited. An event is read in its workspace alone, so of the first of them. */
async function oldestOf(pool: pg.Pool, next: readonly Next[]): Promise<number | null> {
  let oldest: number | null = null;
  for (const { workspace_id, sequence } of next) {
    const age_s = await readOnly(pool, { workspace_id }, (db) => queries.ageOfEvent(db, sequence));
    if (age_s !== null && age_s > (oldest ?? -1)) oldest = age_s;
  }
  return oldest;
}

/** Each of these, where nothing waits too. */
function byWhat<Waits extends string>(
  task: string,
  all: readonly (Waiting & { waits: Waits })[],
  each: Record<Waits, string>,
): Consumer[] {
  return Object.entries<string>(each).map(([waits, says]) => {
    const { count = 0, oldest_s = null } = all.find((one) => one.waits === waits) ?? {};
    return { what: `${task}, ${says}`, count, oldest_s };
  });
}

async function readConsumers(pool: pg.Pool): Promise<Consumer[]> {
  const look = (db: Db) =>
    Promise.all([
      queries.unnumberedEvents(db),
      queries.unhashedWorkspaces(db),
      queries.untoldEvents(db),
      queries.nextToTell(db, most_asked),
      queries.unqueuedEvents(db),
      queries.nextToQueue(db, most_asked),
      queries.unfinishedDeliveries(db),
      queries.queuedMails(db),
      queries.membershipCleanups(db),
    ]);
  const [events, trees, untold, to_tell, unqueued, to_queue, deliveries, mails, cleanups] = await readOnly(
    pool,
    {},
    look,
  );
  return [
    { what: 'events, without a number', ...events },
    { what: 'event_trees, workspaces', count: trees.count, oldest_s: null },
    { what: 'notifier, events', count: untold.count, oldest_s: await oldestOf(pool, to_tell) },
    { what: 'webhook_deliveries, events to queue', count: unqueued.count, oldest_s: await oldestOf(pool, to_queue) },
    ...byWhat('webhook_deliveries', deliveries, {
      due: 'due',
      later: 'being sent or tried again later',
      behind: 'behind an earlier one',
      stopped: 'of webhooks that are paused or disabled',
    }),
    ...byWhat('mail', mails, { due: 'due', later: 'being sent or tried again later' }),
    { what: 'membership_cleanups', ...cleanups },
  ];
}

/** Looks at everything, as the worker: no payload, address or secret is among it. Each list has so many rows at most. */
export async function readReport(pool: pg.Pool, keep: Retention, most_listed: number): Promise<Report> {
  const waiting = await readConsumers(pool);
  const look = (db: Db) =>
    Promise.all([
      overdueRows(db, keep, most_counted),
      queries.countGivenUpDeliveries(db),
      queries.givenUpDeliveries(db, most_listed),
      queries.countSetAside(db),
      queries.setAsideRows(db, most_listed),
      queries.countGivenUpMails(db),
      queries.givenUpMails(db, most_listed),
    ]);
  const [overdue, deliveries, given_up_deliveries, asides, set_aside, mails, given_up_mails] = await readOnly(
    pool,
    {},
    look,
  );
  return {
    waiting,
    upkeep: overdue
      .filter(({ count }) => count > 0)
      .map(({ task, count, oldest_s }) => ({ what: `${task}, to remove`, count, oldest_s })),
    given_up_deliveries: { count: deliveries, listed: given_up_deliveries },
    set_aside: { count: asides, listed: set_aside },
    given_up_mails: { count: mails, listed: given_up_mails },
  };
}
