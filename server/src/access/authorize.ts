import { BatonError } from '../errors.ts';
import type { Role } from '../http/contract.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Access } from './policy.ts';

/** Who a verified token says is calling. It says who, never what: rights are read from the database. */
export interface Identity {
  user_id: string;
  session_id: string;
}

/** A caller whose account and session the database has just confirmed. */
export interface Caller extends Identity {
  /** For the audit log: which request did it. */
  request_id: string;
}

/** A caller in a workspace, with the role the database has just given. */
export interface Actor extends Caller {
  workspace_id: string;
  role: Role;
}

/** A caller who wants to act in a workspace, and the roles that may. */
export interface Claim extends Caller {
  workspace_id: string;
  access: readonly Role[];
}

/**
 * A caller who reads: whether they may is asked in the burst of the read. What the read finds is dropped unless they
 * may.
 */
export interface Applicant extends Claim {
  /** Rejects with `session_ended`, `not_found` or `forbidden`. */
  actor: Promise<Actor>;
}

/** A caller who writes. */
export interface Writer extends Claim {
  /**
   * Confirms session and role, and locks them until the commit: once a removal, a demotion, a sign-out, a disabling or
   * the deletion of the workspace is acknowledged, nothing commits that it forbids. Asked once; a door asks after its
   * other locks, in the same burst, so that a loss of rights never waits for a writer who waits. Rejects as `actor`.
   */
  hold: () => Promise<Actor>;
  /**
   * A condition for locks that are asked for together with the permission: without it, whoever knows a ticket's id, or
   * has a token of a session that has ended, could lock it for a moment, and tell by the wait that it is there.
   */
  mayAct: () => Sql;
  /**
   * What the write's error means, to a writer who has the right: without it for a moment, locks under that condition
   * found nothing, just as if nothing were there.
   */
  doubt: (error: unknown) => unknown;
}

function isLive({ user_id, session_id }: Identity): Sql {
  return sql`s.user_id = ${user_id} and s.id = ${session_id}
    and s.revoked_at is null and s.expires_at > now() and u.disabled_at is null`;
}

const from_sessions = sql`from sessions s join users u on u.id = s.user_id`;

/** A former member's row stays, for their name and for what points to it. It makes nobody a member. */
function ofMember(workspace_id: string, user_id: string): Sql {
  return sql`
    from memberships m
    join workspaces w on w.id = m.workspace_id and w.deleted_at is null
    where m.workspace_id = ${workspace_id} and m.user_id = ${user_id} and m.removed_at is null`;
}

/** Confirms account and session. Throws `session_ended`, the same for a revoked session and a disabled account. */
export async function requireSession(db: Db, identity: Identity): Promise<void> {
  const live = await db.maybeOne(sql`select 1 as live ${from_sessions} where ${isLive(identity)}`);
  if (live === undefined) throw new BatonError('session_ended');
}

/** The same, for a write: the session can't be ended, and that be acknowledged, before this commits. */
export async function holdSession(tx: Tx, identity: Identity): Promise<void> {
  const live = await tx.maybeOne(sql`
    select 1 as live ${from_sessions} where ${isLive(identity)} for key share of s`);
  if (live === undefined) throw new BatonError('session_ended');
}

/**
 * Confirms membership and role. Throws `not_found` to those who aren't members, exactly as for a workspace that isn't
 * there, and `forbidden` to members whose role doesn't suffice.
 */
export async function requireRole(
  db: Db,
  identity: Identity,
  workspace_id: string,
  access: readonly Role[],
): Promise<Role> {
  const membership = await db.maybeOne<{ role: Role }>(sql`
    select m.role ${ofMember(workspace_id, identity.user_id)}`);
  if (membership === undefined) throw new BatonError('not_found');
  if (!access.includes(membership.role)) {
    throw new BatonError('forbidden', { role: membership.role, required: [...access] });
  }
  return membership.role;
}

/**
 * The role, its membership and its workspace locked; undefined for those who may not act. KEY SHARE lets every change
 * of the rows through and is compatible with itself. Whoever takes rights away changes the row, commits, and then waits
 * for the locks that are left (`Tx.settle`): new ones are refused by then, so a flood of them can't put it off.
 */
async function holdRole(tx: Tx, { workspace_id, user_id, access }: Claim): Promise<Role | undefined> {
  const membership = await tx.maybeOne<{ role: Role }>(sql`
    select m.role ${ofMember(workspace_id, user_id)} and m.role = any (${access}::text[])
    for key share of m, w`);
  return membership?.role;
}

/** The session is a subquery that refers to nothing outside it: where sessions lie on another shard, it is asked by itself. */
function isAllowed(claim: Claim): Sql {
  return sql`exists (select 1 ${from_sessions} where ${isLive(claim)}) and exists (
    select 1 ${ofMember(claim.workspace_id, claim.user_id)} and m.role = any (${claim.access}::text[]))`;
}

/** Asks both in one burst; they are answered in the order in which they must be: 401 before 404 before 403. */
async function authorize(db: Db, claim: Claim): Promise<Actor> {
  const { access: _, ...caller } = claim;
  const session = requireSession(db, claim);
  const role = requireRole(db, claim, claim.workspace_id, claim.access);
  role.catch(() => undefined); // answered after the session, never unhandled
  await session;
  return { ...caller, role: await role };
}

/** The same with everything locked. Who is refused is told why by one more question. */
async function hold(tx: Tx, claim: Claim): Promise<Actor> {
  const { access: _, ...caller } = claim;
  const session = holdSession(tx, claim);
  const role = holdRole(tx, claim);
  role.catch(() => undefined);
  await session;
  const held = await role;
  if (held !== undefined) return { ...caller, role: held };
  await authorize(tx, claim);
  // The right came back between the two questions.
  throw new DoubtfulRefusal(new BatonError('overloaded', {}, { retry_after_s: 1 }));
}

/** A refusal that may be wrong, because the caller had no right for a moment within the transaction. */
export class DoubtfulRefusal extends Error {
  override name = 'DoubtfulRefusal';
  readonly refusal: BatonError;

  constructor(refusal: BatonError) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Does a write, and once more where its refusal is in doubt: rights come and go far less often than that. */
export async function withoutDoubt<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof DoubtfulRefusal)) throw error;
  }
  return write().catch((error: unknown) => {
    throw error instanceof DoubtfulRefusal ? error.refusal : error;
  });
}

function claimOf(caller: Caller, access: Access, workspace_id: string): Claim {
  if (typeof access === 'string') throw new Error('A workspace operation needs a list of roles.');
  return { ...caller, workspace_id, access };
}

/** Asks whether the caller may read this in the workspace. */
export function apply(db: Db, caller: Caller, access: Access, workspace_id: string): Applicant {
  const claim = claimOf(caller, access, workspace_id);
  const actor = authorize(db, claim);
  actor.catch(() => undefined); // looked at in the end, never unhandled
  return { ...claim, actor };
}

/** A caller who is about to write in the workspace; nothing is asked yet. */
export function applyToWrite(tx: Tx, caller: Caller, access: Access, workspace_id: string): Writer {
  const claim = claimOf(caller, access, workspace_id);
  let held: Promise<Actor> | undefined;
  let locks_on_condition = false;
  return {
    ...claim,
    hold: () => {
      if (held === undefined) {
        held = hold(tx, claim);
        held.catch(() => undefined); // looked at in the end, never unhandled
      }
      return held;
    },
    mayAct: () => {
      locks_on_condition = true;
      return isAllowed(claim);
    },
    doubt: (error) => {
      const missed = error instanceof BatonError && ['not_found', 'assignee_not_member'].includes(error.code);
      return locks_on_condition && missed ? new DoubtfulRefusal(error) : error;
    },
  };
}

/**
 * The result, if its permission came: both were asked for at once, and who may not ask gets their own answer, whatever
 * it came to. Both have ended by then, so no late statement can meet the connection in another's hands.
 */
export async function permitted<T>(permission: Promise<unknown>, result: Promise<T>): Promise<T> {
  await Promise.allSettled([permission, result]);
  await permission;
  return result;
}
