import type pg from 'pg';
import type { Logger } from 'pino';
import type { AuditEntry } from '../audit/facts.ts';
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
import { withdrawBeyondRights } from './invitation-queries.ts';
import { membershipForUpdate, workspacesOfMember } from './member-queries.ts';

// Of a batch's size nobody waits long for one of its tickets: 200 take some 30 ms.
const batch_size = 200;
// Ids of one reading of the index: each reading passes the entries of what the ones before have taken.
const ids_at_once = 10_000;

/** Withdraws a batch of what a user has offered beyond their rights, each with its audit entry. Gives whether it was all. */
async function withdrawBatch(tx: Tx, key: CleanupKey, by: Omit<Recorder, 'workspace_id'>): Promise<'done' | 'more'> {
  const withdrawn = await withdrawBeyondRights(tx, key, batch_size);
  const entries = withdrawn.map(
    ({ id, email, role }): AuditEntry => ({ action: 'invitation.revoked', subject_id: id, before: { email, role } }),
  );
  recordAudits(tx, { ...by, workspace_id: key.workspace_id }, entries);
  return withdrawn.length === batch_size ? 'more' : 'done';
}

/** One batch in a transaction of its own: each ticket gets its own version and audit entry. */
async function cleanBatch(tx: Tx, key: CleanupKey, tickets: readonly string[]): Promise<'done' | 'more'> {
  const cleanup = await lockCleanup(tx, key);
  if (cleanup === undefined) return 'done';
  const { workspace_id, user_id } = key;
  // No bot changes members: no person is behind it.
  const token = cleanup.token_id === null ? null : { id: cleanup.token_id, on_behalf_of: null };
  const actor = { workspace_id, user_id: cleanup.actor_id, request_id: cleanup.request_id, token };
  const withdrawn = await withdrawBatch(tx, key, actor);
  // A person who was invited again meanwhile keeps the tickets that they still have.
  if (cleanup.removed) await unassignTickets(tx, actor, { assignee_id: user_id, ids: tickets });
  if (withdrawn === 'more' || (cleanup.removed && tickets.length > 0)) return 'more';
  deleteCleanup(tx, key);
  return 'done';
}

/**
 * Does what a lost right leaves to do, in batches, until it is done or the time is over: withdraws the invitations that
 * are beyond what is left to the inviter, and takes a former member's tickets from them. Gives whether it is done.
 */
async function cleanUp(pool: pg.Pool, key: CleanupKey, goesOn: () => boolean): Promise<boolean> {
  const scope = { workspace_id: key.workspace_id };
  // Waits for writers that were assigning them a ticket when the right ended: after this, no further ticket is assigned to them.
  await transaction(pool, scope, (tx) => tx.rows(membershipForUpdate(key.workspace_id, key.user_id)));
  let ids: string[] = [];
  let before = -1;
  while (goesOn()) {
    let size = batch_size;
    if (ids.length === 0) {
      ids = (await readOnly(pool, scope, (db) => assignedTickets(db, key, ids_at_once))).sort();
      // As many as the last time: others have them all locked, and the next in turn is waited for.
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
 * does the rest, and whatever fails here; the right has ended in any case.
 */
export async function cleanUpAtOnce(services: Pick<Services, 'pool' | 'log' | 'hint'>, key: CleanupKey): Promise<void> {
  const until = Date.now() + request_ms;
  try {
    if (await cleanUp(services.pool, key, () => Date.now() < until)) return;
  } catch (error) {
    services.log.info({ err: error }, 'cleaning up after lost rights: later');
  }
  services.hint(task);
}

/** Waits for the writes that somebody's tokens have in progress: each has locked their membership. */
export async function settleMemberships(pool: pg.Pool, user_id: string): Promise<void> {
  for (const workspace_id of await readOnly(pool, { user_id }, (db) => workspacesOfMember(db, user_id))) {
    await transaction(pool, { workspace_id }, async (tx) => tx.settle(membershipForUpdate(workspace_id, user_id)));
  }
}

/**
 * Withdraws every open invitation of a disabled account, in each of its workspaces, as the account itself: the operator
 * has none. Nothing while the account is enabled.
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
 * Finishes what requests began and could not end: their time was over, or their process died. It acts as the worker, who may
 * unassign tickets and withdraw invitations, and change nothing else of them.
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
        // One that can't be finished, by a ticket that stays locked say, keeps no other waiting.
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
