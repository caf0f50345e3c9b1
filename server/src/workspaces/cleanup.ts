import type pg from 'pg';
import type { Logger } from 'pino';
import { type Recorder, recordAudits } from '../audit/record.ts';
import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import type { Services } from '../services.ts';
import { Loop } from '../work/loop.ts';
import {
  type CleanupKey,
  deleteCleanup,
  lockCleanup,
  unfinishedCleanups,
  workspacesInvitedTo,
} from './cleanup-queries.ts';
import { assignedTickets } from '../tickets/unassign-queries.ts';
import { unassignTickets } from '../tickets/unassign.ts';
import { revocationOf } from './fact.ts';
import { withdrawBeyondRights } from './invitation-queries.ts';
import { membershipForUpdate, workspacesOfMember } from './member-queries.ts';

// A batch is small, so that nobody waits long for one of its tickets: 200 take some 30 ms.
const batch_size = 200;
// How many ids are read from the index at a time. They are many, because each read passes the index entries of all tickets that were
// unassigned before.
const ids_at_once = 10_000;

/** Withdraws a batch of a user's invitations that exceed their rights, with an audit entry each. Returns whether there may be more. */
async function withdrawBatch(tx: Tx, key: CleanupKey, by: Omit<Recorder, 'workspace_id'>): Promise<'done' | 'more'> {
  const withdrawn = await withdrawBeyondRights(tx, key, batch_size);
  recordAudits(tx, { ...by, workspace_id: key.workspace_id }, withdrawn.map(revocationOf));
  return withdrawn.length === batch_size ? 'more' : 'done';
}

/** Cleans up one batch in one transaction. Each ticket gets a new version and an audit entry. */
async function cleanBatch(tx: Tx, key: CleanupKey, tickets: readonly string[]): Promise<'done' | 'more'> {
  const cleanup = await lockCleanup(tx, key);
  if (cleanup === undefined) return 'done';
  const { workspace_id, user_id } = key;
  // A bot cannot change members, so the token is always a person's.
  const token = cleanup.token_id === null ? null : { id: cleanup.token_id, on_behalf_of: null };
  const actor = { workspace_id, user_id: cleanup.actor_id, request_id: cleanup.request_id, token };
  const withdrawn = await withdrawBatch(tx, key, actor);
  // A person who has become a member again meanwhile keeps the tickets that are still assigned to them.
  if (cleanup.removed) await unassignTickets(tx, actor, { assignee_id: user_id, ids: tickets });
  if (withdrawn === 'more' || (cleanup.removed && tickets.length > 0)) return 'more';
  deleteCleanup(tx, key);
  return 'done';
}

/**
 * Cleans up after lost rights, in batches, until it is done or the time is over: withdraws the invitations that exceed the
 * inviter's remaining rights, and unassigns the tickets of a former member. Returns whether it is done.
 */
async function cleanUp(pool: pg.Pool, key: CleanupKey, goesOn: () => boolean): Promise<boolean> {
  const scope = { workspace_id: key.workspace_id };
  // Waits for writes that were assigning them a ticket when the right ended. After this, no further ticket is assigned to them.
  await transaction(pool, scope, (tx) => tx.rows(membershipForUpdate(key.workspace_id, key.user_id)));
  let ids: string[] = [];
  let before = -1;
  while (goesOn()) {
    let size = batch_size;
    if (ids.length === 0) {
      ids = (await readOnly(pool, scope, (db) => assignedTickets(db, key, ids_at_once))).sort();
      // If there are as many as the last time, others have locked them all. A batch of one waits for its ticket.
      if (ids.length === before) size = 1;
      before = ids.length;
    }
    const batch = ids.splice(0, size);
    if ((await transaction(pool, scope, (tx) => cleanBatch(tx, key, batch))) === 'done') return true;
  }
  return false;
}

const task = 'membership_cleanups';
const request_ms = 1_000;

/**
 * Cleans up within the request that took the right away, for at most a second, which is enough for most members. The worker
 * does the rest, and retries what fails here. The right has ended in any case.
 */
export async function cleanUpAtOnce(services: Pick<Services, 'pool' | 'log' | 'hint'>, key: CleanupKey): Promise<void> {
  const until = Date.now() + request_ms;
  try {
    if (await cleanUp(services.pool, key, () => Date.now() < until)) return;
  } catch (error) {
    services.log.info({ err: error }, 'cleaning up after lost rights failed; the worker will retry');
  }
  services.hint(task);
}

/** Waits for the writes in progress with a user's tokens: each of them has locked their membership. */
export async function settleMemberships(pool: pg.Pool, user_id: string): Promise<void> {
  for (const workspace_id of await readOnly(pool, { user_id }, (db) => workspacesOfMember(db, user_id))) {
    await transaction(pool, { workspace_id }, async (tx) => tx.settle(membershipForUpdate(workspace_id, user_id)));
  }
}

/**
 * Withdraws every open invitation of a disabled account, in each of its workspaces. The audit entries name that account, since the
 * operator has none. Does nothing while the account is enabled.
 */
export async function withdrawInvitationsOf(pool: pg.Pool, user_id: string, request_id: string): Promise<void> {
  const workspaces = await readOnly(pool, { user_id }, (db) => workspacesInvitedTo(db, user_id));
  for (const workspace_id of workspaces) {
    const withdraw = (tx: Tx) => withdrawBatch(tx, { workspace_id, user_id }, { user_id, request_id, token: null });
    while ((await transaction(pool, { workspace_id }, withdraw)) === 'more');
  }
}

const interval_ms = 5_000;
const at_once = 100;

/**
 * Creates the loop that finishes clean-ups which requests did not, because their time was over or their process died. It uses the
 * worker's database role, which may unassign tickets and withdraw invitations, but not change them otherwise.
 */
export function cleanupLoop(pool: pg.Pool, log: Logger): Loop {
  return new Loop({
    name: task,
    interval_ms,
    log,
    pass: async ({ goesOn, count }) => {
      const unfinished = await readOnly(pool, {}, (db) => unfinishedCleanups(db, at_once));
      let failure: unknown;
      for (const key of unfinished) {
        if (!goesOn()) return 'more';
        // A clean-up that fails, for example because a ticket stays locked, does not block the others.
        const done = await cleanUp(pool, key, goesOn).catch((error: unknown) => {
          failure = error;
          return false;
        });
        if (done) count(1);
      }
      if (failure !== undefined) throw failure;
      return unfinished.length === at_once ? 'more' : 'done';
    },
  });
}
