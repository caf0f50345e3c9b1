import type pg from 'pg';
import { type Actor, apply, type Caller, isCovered, personOf, requireLive } from '../access/authorize.ts';
import { Confirmed } from '../access/confirmed.ts';
import type { Line } from '../access/policy.ts';
import { readOnly } from '../db/transaction.ts';

/** Has strangers asked about before anything else is (docs/decisions, 37). */
export function createConfirm(pool: pg.Pool) {
  const confirmed = new Confirmed();

  /** Remembers who has been confirmed, and forgets who is refused. */
  function noting(permission: Promise<Actor | void>, caller: Caller, workspace_id?: string): Promise<Actor | void> {
    permission.then(
      (actor) => confirmed.add(caller, actor ? actor.role : undefined, workspace_id),
      () => confirmed.remove(caller, workspace_id),
    );
    return permission;
  }

  /** Asks for the permission before anything else, of a caller whom the database has not confirmed a moment ago. */
  async function confirm(caller: Caller, line: Line, workspace_id?: string): Promise<void> {
    if (confirmed.has(caller, line, workspace_id) && isCovered(caller, line)) return;
    const user_id = personOf(caller);
    // In the caller's turn alone: of a workspace that somebody merely names, nothing is used.
    await readOnly(pool, { workspace_id, user_id, asker: { user_id } }, (db) => {
      const permission =
        workspace_id === undefined ? requireLive(db, caller) : apply(db, caller, line, workspace_id).actor;
      return noting(permission, caller, workspace_id);
    });
  }

  return { confirm, noting };
}
