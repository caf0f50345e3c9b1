import { BatonError } from '../errors.ts';
import type { Role } from '../http/contract.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
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

/**
 * A caller who wants to act in a workspace: whether they may is being asked, and what is sent meanwhile travels along.
 * Whatever comes of that is dropped, or rolled back, unless they may.
 */
export interface Applicant extends Caller {
  workspace_id: string;
  access: readonly Role[];
  /** Rejects with `session_ended`, `not_found` or `forbidden`. */
  actor: Promise<Actor>;
}

const ended = 'the session has ended';

/**
 * Confirms account and session. Throws `session_ended`, the same for a revoked session and a disabled account.
 *
 * Without a live session the statement fails, so that PostgreSQL refuses the rest of the burst unrun: a lock sent along
 * is not waited for. As a condition of that lock it would have to read sessions, which may lie on another shard.
 */
export async function requireSession(db: Db, identity: Identity): Promise<void> {
  try {
    await db.one(sql`
      select (case when count(*) > 0 then '1' else ${ended} end)::integer as live
      from sessions s
      join users u on u.id = s.user_id
      where s.user_id = ${identity.user_id} and s.id = ${identity.session_id}
        and s.revoked_at is null and s.expires_at > now() and u.disabled_at is null`);
  } catch (error) {
    throw String(error).includes(ended) ? new BatonError('session_ended') : error; // as a number it is no number
  }
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
    select m.role
    from memberships m
    join workspaces w on w.id = m.workspace_id and w.deleted_at is null
    where m.workspace_id = ${workspace_id} and m.user_id = ${identity.user_id}`);
  if (membership === undefined) throw new BatonError('not_found');
  if (!access.includes(membership.role)) {
    throw new BatonError('forbidden', { role: membership.role, required: [...access] });
  }
  return membership.role;
}

/**
 * A condition for locks that are asked for together with the permission: without it, whoever knows a ticket's id could
 * hold it for a moment, and tell by the wait that it is there. Of the session `requireSession` sees to that.
 */
export function mayAct({ workspace_id, user_id, access }: Applicant): Sql {
  return sql`exists (
    select 1 from memberships m
    where m.workspace_id = ${workspace_id} and m.user_id = ${user_id} and m.role = any (${access}::text[]))`;
}

/**
 * Why a lock that was asked for together with the permission found nothing: it may not be there, or the role has
 * changed between the two statements. Throws `not_found` or `forbidden`.
 */
export async function refuseAbsent(db: Db, applicant: Applicant): Promise<never> {
  await requireRole(db, applicant, applicant.workspace_id, applicant.access);
  throw new BatonError('not_found');
}

/** Asks both in one burst; they are answered in the order in which they must be: 401 before 404 before 403. */
async function authorize(db: Db, caller: Caller, access: readonly Role[], workspace_id: string): Promise<Actor> {
  const session = requireSession(db, caller);
  const role = requireRole(db, caller, workspace_id, access);
  role.catch(() => undefined); // answered after the session, never unhandled
  await session;
  return { ...caller, workspace_id, role: await role };
}

/** Asks whether the caller may do this in the workspace. */
export function apply(db: Db, caller: Caller, access: Access, workspace_id: string): Applicant {
  if (typeof access === 'string') throw new Error('A workspace operation needs a list of roles.');
  const actor = authorize(db, caller, access, workspace_id);
  actor.catch(() => undefined); // looked at in the end, never unhandled
  return { ...caller, workspace_id, access, actor };
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
