import type pg from 'pg';
import { type Db, readOnly } from '../db/transaction.ts';
import type { Retention } from '../upkeep/catalogue.ts';
import { overdueRows } from '../upkeep/overdue-queries.ts';
import * as queries from './queries.ts';
import type { GivenUpDelivery, GivenUpMail, Next, SetAsideRow, Waiting } from './queries.ts';

/** For how many workspaces, and how many webhooks, the time of the next event is looked up. */
const most_asked = 100;
/** Up to how many rows that upkeep has to remove are counted in each table. */
const most_counted = 100_000;

/** What waits for one of the worker's tasks. */
export interface Consumer extends Waiting {
  /** The task and the kind of its work, such as `webhook_deliveries, due`. */
  what: string;
}

/** The first rows of a list, and how many rows it has. */
interface Listed<Row> {
  count: number;
  listed: Row[];
}

/** What waits for the worker, and what waits for a person. */
export interface Report {
  waiting: Consumer[];
  /** Rows that upkeep has to remove, without the tasks that have none. */
  upkeep: Consumer[];
  given_up_deliveries: Listed<GivenUpDelivery>;
  set_aside: Listed<SetAsideRow>;
  given_up_mails: Listed<GivenUpMail>;
}

/** How many seconds the oldest of these events has waited. Each is read in the scope of its workspace. */
async function oldestOf(pool: pg.Pool, next: readonly Next[]): Promise<number | null> {
  let oldest: number | null = null;
  for (const { workspace_id, sequence } of next) {
    const age_s = await readOnly(pool, { workspace_id }, (db) => queries.ageOfEvent(db, sequence));
    if (age_s !== null && age_s > (oldest ?? -1)) oldest = age_s;
  }
  return oldest;
}

/** A row for each kind of wait, including those that nothing waits for. */
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

/**
 * Reads the report with the worker's rights, so it has no payload, address or secret. Each list has at most
 * `most_listed` rows.
 */
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
