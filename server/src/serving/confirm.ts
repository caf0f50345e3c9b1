import type { Request, Response } from 'express';
import type pg from 'pg';
import {
  type Actor,
  apply,
  type Caller,
  type Identity,
  isCovered,
  outside,
  permitted,
  personOf,
  requireLive,
} from '../access/authorize.ts';
import { Confirmed } from '../access/confirmed.ts';
import { type Line, lineOf } from '../access/policy.ts';
import { type Db, readOnly } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Operation } from '../http/contract.ts';

/** Creates the checks that confirm an unknown caller's permission before any other query (docs/decisions, 37). */
export function createConfirm(pool: pg.Pool) {
  const confirmed = new Confirmed();

  /** Remembers the callers who are confirmed, and forgets those who are refused. */
  function noting(permission: Promise<Actor | void>, caller: Caller, workspace_id?: string): Promise<Actor | void> {
    permission.then(
      (actor) => confirmed.add(caller, actor ? actor.role : undefined, workspace_id),
      () => confirmed.remove(caller, workspace_id),
    );
    return permission;
  }

  /** Checks the permission before anything else, unless the database has confirmed the caller a moment ago. */
  async function confirm(caller: Caller, line: Line, workspace_id?: string): Promise<void> {
    if (!confirmed.has(caller, line, workspace_id) || !isCovered(caller, line)) await ask(caller, line, workspace_id);
  }

  /** Checks the permission in the database, together with `besides`. */
  async function ask(
    caller: Caller,
    line: Line,
    workspace_id?: string,
    besides: (db: Db) => Promise<void> | undefined = () => undefined,
  ): Promise<void> {
    const user_id = personOf(caller);
    // This counts towards the caller's share only: anybody can name a workspace, and must not use up its share.
    await readOnly(pool, { workspace_id, user_id, asker: { user_id } }, (db) => {
      const permission =
        workspace_id === undefined ? requireLive(db, caller) : apply(db, caller, line, workspace_id).actor;
      return permitted(noting(permission, caller, workspace_id), Promise.resolve(besides(db)));
    });
  }

  /**
   * Refuses a token outside its own workspace, once the database has confirmed that the token is live. The other
   * workspace is not queried.
   */
  async function requireInside(identity: Identity, workspace_id: string | undefined): Promise<void> {
    const refusal = outside(identity, workspace_id);
    if (refusal === undefined) return;
    const scope = { workspace_id: identity.token?.workspace_id, user_id: personOf(identity) };
    await readOnly(pool, scope, (db) => requireLive(db, identity));
    throw refusal;
  }

  /**
   * Checks the permission before a large body is read. It does so for every caller: one who was confirmed a moment ago
   * may have lost the right since.
   */
  function beforeBody(operation: Operation) {
    const line = lineOf(operation.id);
    return async (req: Request, res: Response): Promise<void> => {
      const { identity, request_id } = res.locals as { identity: Identity; request_id: string };
      const params = operation.params?.safeParse(req.params);
      if (params?.success === false) throw new BatonError('not_found');
      const { workspace_id } = (params?.data ?? {}) as { workspace_id?: string };
      const inside = line[0] === 'account' ? undefined : workspace_id;
      await requireInside(identity, inside);
      await ask({ ...identity, request_id }, line, inside);
    };
  }

  return { confirm, ask, noting, requireInside, beforeBody };
}
