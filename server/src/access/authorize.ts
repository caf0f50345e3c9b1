import { BatonError } from '../errors.ts';
import type { Role, TokenScope } from '../http/contract.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { covers, type Line, type Needs } from './policy.ts';

/** An API token. What it is here never changes; whether it is still good is asked of the database. */
export interface ApiToken {
  workspace_id: string;
  id: string;
  scopes: readonly TokenScope[];
  /** The person for whom a bot acts; null for a person's own token. */
  on_behalf_of: string | null;
}

/** The caller, according to a verified credential. It says nothing about rights: those are read from the database. */
export type Identity = SessionIdentity | TokenIdentity;

export interface SessionIdentity {
  user_id: string;
  session_id: string;
  token: null;
}

/** A person by one of their tokens, or a bot by one of its own. */
export interface TokenIdentity {
  user_id: string;
  session_id: null;
  token: ApiToken;
}

/** The person who is calling: whose shares the request counts towards, however many tokens and bots they have. */
export function personOf({ user_id, token }: Identity): string {
  return token?.on_behalf_of ?? user_id;
}

/** For the audit log: which request did it. */
interface Asking {
  request_id: string;
}

/** A caller whose credential the database has just confirmed. */
export type Caller = Identity & Asking;
/** One who has signed in. */
export type SignedIn = SessionIdentity & Asking;

/** A caller in a workspace, with the role the database has just given. */
export type Actor = Caller & {
  workspace_id: string;
  role: Role;
};

/** A caller who wants to act in a workspace, and the roles that may; of a token whose scopes don't cover it, none. */
export type Claim = Caller & {
  workspace_id: string;
  access: readonly Role[];
  /** The scope that the token lacks, if it lacks one. */
  lacks: Needs | undefined;
};

/**
 * A caller who reads: whether they may is asked in the burst of the read. What the read finds is dropped unless they
 * may.
 */
export type Applicant = Claim & {
  /** Rejects with `session_ended` or `invalid_token`, `not_found`, `insufficient_scope` or `forbidden`. */
  actor: Promise<Actor>;
};

/** A caller who writes. */
export type Writer = Claim & {
  /**
   * Confirms credential and role, and locks them until the commit: once a removal, a demotion, a sign-out, a disabling or
   * the deletion of the workspace is acknowledged, nothing commits that it forbids. Asked once; a door asks after its
   * other locks, in the same burst, so that a loss of rights never waits for a writer who waits. Rejects as `actor`.
   * `require`: what the verb asks of the actor beyond the policy. It belongs here, with the first call, because a write that
   * was done before goes no further: its response is given again from here.
   */
  hold: (require?: (actor: Actor) => void) => Promise<Actor>;
  /**
   * A condition for locks that are asked for together with the permission: without it, anyone who knows a ticket's id, or
   * has a token of a session that has ended, could lock it for a moment, and tell by the wait that it is there.
   */
  mayAct: () => Sql;
  /**
   * What the write's error means, to a writer who has the right: without it for a moment, locks under that condition
   * found nothing, just as if nothing were there.
   */
  doubt: (error: unknown) => unknown;
};

function ofSession({ user_id, session_id }: SessionIdentity): Sql {
  return sql`from sessions s join users u on u.id = s.user_id
    where s.user_id = ${user_id} and s.id = ${session_id}
      and s.revoked_at is null and s.expires_at > now() and u.disabled_at is null`;
}

/**
 * A live token. It lives with the membership in which its person created it, never with a later one of theirs, and a
 * bot's with the bot's as well.
 */
export function ofToken({ workspace_id, id }: Pick<ApiToken, 'workspace_id' | 'id'>): Sql {
  return sql`from api_tokens k
    join memberships b on b.workspace_id = ${workspace_id} and b.user_id = k.created_by
      and b.removed_at is null and b.joined = k.joined
    join memberships a on a.workspace_id = ${workspace_id} and a.user_id = k.user_id and a.removed_at is null
    join users u on u.id = k.created_by and u.disabled_at is null
    where k.workspace_id = ${workspace_id} and k.id = ${id} and k.revoked_at is null and k.expires_at > now()`;
}

const ofCredential = (identity: Identity) => (identity.token === null ? ofSession(identity) : ofToken(identity.token));

/**
 * A former member's row stays, for their name and for what points to it. It makes nobody a member. `b` is the membership
 * of the person for whom a bot acts.
 */
function ofMember({ workspace_id, user_id, token }: Claim): Sql {
  const person = token?.on_behalf_of;
  const behind = isNone(person)
    ? sql``
    : sql`
    join memberships b on b.workspace_id = ${workspace_id} and b.user_id = ${person} and b.removed_at is null`;
  return sql`
    from memberships m
    join workspaces w on w.id = m.workspace_id and w.deleted_at is null${behind}
    where m.workspace_id = ${workspace_id} and m.user_id = ${user_id} and m.removed_at is null`;
}

/** The policy admits with each role all above it: the lesser of two is admitted if both are. */
function isAdmitted({ access, token }: Claim): Sql {
  const behind = isNone(token?.on_behalf_of) ? sql`` : sql` and b.role = any (${access}::text[])`;
  return sql`m.role = any (${access}::text[])${behind}`;
}

const rolesOf = ({ token }: Claim) => (isNone(token?.on_behalf_of) ? sql`m.role` : sql`m.role, b.role as limit_role`);
const isNone = (value: string | null | undefined): value is null | undefined => value === null || value === undefined;

const ended = (identity: Identity) => new BatonError(identity.token === null ? 'session_ended' : 'invalid_token');

/**
 * Confirms the credential and the account. Throws `session_ended`, the same for a revoked session and a disabled account;
 * of a token `invalid_token`, the same as for one that never was.
 */
export async function requireLive(db: Db, identity: Identity): Promise<void> {
  if (!(await credentialIsLive(db, identity))) throw ended(identity);
}

/** Whether the credential is good and its account enabled. */
async function credentialIsLive(db: Db, identity: Identity): Promise<boolean> {
  return (await db.maybeOne(sql`select 1 as live ${ofCredential(identity)}`)) !== undefined;
}

/**
 * Those of these credentials that are good: for all that wait for an event, in one statement. Its scope is one's after the other, so it
 * sees no more than each of them would. Its conditions are those of `ofCredential`, in the database; a test compares them.
 */
export async function liveAmong(db: Db, identities: readonly Identity[]): Promise<Identity[]> {
  const all = (of: (identity: Identity) => string | null) => identities.map(of);
  const rows = await db.rows<{ place: number }>(sql`
    select l.place from live_credentials(${all(personOf)}::uuid[], ${all(({ session_id }) => session_id)}::uuid[],
      ${all(({ token }) => token?.workspace_id ?? null)}::uuid[], ${all(({ token }) => token?.id ?? null)}::uuid[]) l`);
  return rows.flatMap(({ place }) => identities[place - 1] ?? []);
}

/** The same, for a write: the credential can't be ended, and that be acknowledged, before this commits. */
export async function holdLive(tx: Tx, identity: Identity): Promise<void> {
  const lock = identity.token === null ? sql`s` : sql`k`;
  const live = await tx.maybeOne(sql`
    select 1 as live ${ofCredential(identity)} for key share of ${lock}`);
  if (live === undefined) throw ended(identity);
}

interface Roles {
  role: Role;
  /** Of the person for whom a bot acts. */
  limit_role?: Role;
}

const ranks: readonly Role[] = ['viewer', 'member', 'admin', 'owner'];
const isBelow = (role: Role, other: Role) => ranks.indexOf(role) < ranks.indexOf(other);
/** A bot's role, but never more than the person's for whom it acts. */
const effective = ({ role, limit_role = role }: Roles) => (isBelow(limit_role, role) ? limit_role : role);

/**
 * Confirms membership and role. Throws `not_found` to those who aren't members, exactly as for a workspace that isn't
 * there, `insufficient_scope` to a token whose scopes don't cover it, and `forbidden` to members whose role doesn't suffice.
 */
export async function requireRole(db: Db, claim: Claim): Promise<Role> {
  const { access, lacks, token } = claim;
  const membership = await db.maybeOne<Roles>(sql`
    select ${rolesOf(claim)} ${ofMember(claim)}`);
  if (membership === undefined) throw new BatonError('not_found');
  if (lacks !== undefined && token !== null) throw insufficientScope(token, lacks);
  const role = effective(membership);
  if (!access.includes(role)) throw new BatonError('forbidden', { role, required: [...access] });
  return role;
}

function insufficientScope({ scopes }: ApiToken, needs: Needs) {
  const required = needs === 'session' ? null : needs;
  return new BatonError('insufficient_scope', { scopes: [...scopes], required });
}

/**
 * Why an identity has no business here at all, whatever the person may do: a token is for its own workspace. Undefined for
 * every other one. `workspace_id`: of the operation, if it is one of a workspace.
 */
export function outside({ token }: Identity, workspace_id: string | undefined): BatonError | undefined {
  if (token === null || token.workspace_id === workspace_id) return undefined;
  return workspace_id === undefined ? insufficientScope(token, 'session') : new BatonError('not_found');
}

/**
 * The role, its membership and its workspace locked; undefined for those who may not act. KEY SHARE lets every change
 * of the rows through and is compatible with itself. A verb that takes rights away changes the row, commits, and then waits
 * for the locks that are left (`Tx.settle`): new ones are refused from the commit on, so a flood of them can't delay it.
 */
async function holdRole(tx: Tx, claim: Claim): Promise<Role | undefined> {
  const membership = await tx.maybeOne<Roles>(sql`
    select ${rolesOf(claim)} ${ofMember(claim)} and ${isAdmitted(claim)}
    for key share of m, w${isNone(claim.token?.on_behalf_of) ? sql`` : sql`, b`}`);
  return membership && effective(membership);
}

/**
 * Keeps the workspace from being deleted until the commit. A role is held too weakly for that, and its write may commit after the deletion has
 * looked for what it stops.
 */
export async function requireUndeleted(tx: Tx, workspace_id: string): Promise<void> {
  const found = await tx.maybeOne(sql`
    select 1 from workspaces w where w.id = ${workspace_id} and w.deleted_at is null for share of w`);
  if (found === undefined) throw new BatonError('not_found');
}

/** The session is a subquery that refers to nothing outside it: where sessions lie on another shard, it is asked by itself. */
function isAllowed(claim: Claim): Sql {
  return sql`exists (select 1 ${ofCredential(claim)}) and exists (
    select 1 ${ofMember(claim)} and ${isAdmitted(claim)})`;
}

/** Asks both in one burst, which has a snapshot of its own; refusals come in their order: 401 before 404 before 403. */
export async function authorize(db: Db, claim: Claim): Promise<Actor> {
  const { access: _, lacks: __, ...caller } = claim;
  const live = requireLive(db, claim);
  const role = requireRole(db, claim);
  role.catch(() => undefined); // looked at after the credential, never unhandled
  await live;
  return { ...caller, role: await role };
}

/** The same with everything locked. After a refusal, one more query finds the reason. */
async function hold(tx: Tx, claim: Claim): Promise<Actor> {
  const { access: _, lacks: __, ...caller } = claim;
  const live = holdLive(tx, claim);
  const role = holdRole(tx, claim);
  role.catch(() => undefined);
  await live;
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

function claimOf(caller: Caller, line: Line, workspace_id: string): Claim {
  const [access, needs] = line;
  if (typeof access === 'string' || needs === undefined) {
    throw new Error('A workspace operation needs a list of roles and a scope.');
  }
  const lacks = isCovered(caller, line) ? undefined : needs;
  return { ...caller, workspace_id, access: lacks === undefined ? access : [], lacks };
}

/** Whether a token's scopes cover the operation. Other credentials have no scopes, and cover everything. */
export function isCovered({ token }: Caller, [, needs]: Line): boolean {
  return token === null || needs === undefined || needs === 'any token' || covers(token.scopes, needs);
}

/** Asks whether the caller may read this in the workspace, by the operation's line of the policy. */
export function apply(db: Db, caller: Caller, line: Line, workspace_id: string): Applicant {
  const claim = claimOf(caller, line, workspace_id);
  const actor = authorize(db, claim);
  actor.catch(() => undefined); // looked at in the end, never unhandled
  return { ...claim, actor };
}

/**
 * A caller who is about to write in the workspace; nothing is asked yet. `besides` has been asked before, and must come
 * to pass for one who has the right.
 */
export function applyToWrite(
  tx: Tx,
  caller: Caller,
  line: Line,
  workspace_id: string,
  besides?: Promise<void>,
): Writer {
  const claim = claimOf(caller, line, workspace_id);
  besides?.catch(() => undefined); // looked at after the right, never unhandled
  let held: Promise<Actor> | undefined;
  let locks_on_condition = false;
  return {
    ...claim,
    hold: (require) => {
      if (held === undefined) {
        held = hold(tx, claim).then(async (actor) => {
          require?.(actor);
          await besides;
          return actor;
        });
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
 * The result, if the permission is granted. Both were requested at once; a caller without permission gets the refusal, whatever
 * the result was. Both have ended when this returns, so no late statement can run after the connection has gone to another caller.
 */
export async function permitted<T>(permission: Promise<unknown>, result: Promise<T>): Promise<T> {
  await Promise.allSettled([permission, result]);
  await permission;
  return result;
}
