import { BatonError } from '../errors.ts';
import type { Role, TokenScope } from '../http/contract.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { covers, type Line, type Needs } from './policy.ts';

/** An API token. These fields never change. Whether the token is still valid is read from the database. */
export interface ApiToken {
  workspace_id: string;
  id: string;
  scopes: readonly TokenScope[];
  /** The person for whom a bot acts; null for a person's own token. */
  on_behalf_of: string | null;
}

/** The caller, according to a verified credential. It says nothing about rights, which are read from the database. */
export type Identity = SessionIdentity | TokenIdentity;

export interface SessionIdentity {
  user_id: string;
  session_id: string;
  token: null;
}

/** A person with one of their tokens, or a bot with one of its tokens. */
export interface TokenIdentity {
  user_id: string;
  session_id: null;
  token: ApiToken;
}

/** Returns the person behind the call. The request counts towards their limits, however many tokens and bots they have. */
export function personOf({ user_id, token }: Identity): string {
  return token?.on_behalf_of ?? user_id;
}

/** The request's id, for the audit log. */
interface Asking {
  request_id: string;
}

/** A caller whose credential the database has just confirmed. */
export type Caller = Identity & Asking;
/** A caller who has signed in. */
export type SignedIn = SessionIdentity & Asking;

/** A caller in a workspace, with the role that the database has just returned. */
export type Actor = Caller & {
  workspace_id: string;
  role: Role;
};

/** A caller who wants to act in a workspace, and the roles that may: none if the scopes of a token don't cover the operation. */
export type Claim = Caller & {
  workspace_id: string;
  access: readonly Role[];
  /** The scope that the token lacks, if it lacks one. */
  lacks: Needs | undefined;
};

/**
 * A caller who reads. The permission is checked in the same batch of statements as the read, whose result is dropped unless they
 * have it.
 */
export type Applicant = Claim & {
  /** Rejects with `session_ended` or `invalid_token`, `not_found`, `insufficient_scope` or `forbidden`. */
  actor: Promise<Actor>;
};

/** A caller who writes. */
export type Writer = Claim & {
  /**
   * Confirms credential and role, and locks them until the commit: once a removal, a demotion, a sign-out, a disabling or
   * the deletion of the workspace is acknowledged, nothing commits that it forbids. It runs once. A door calls it after its
   * other locks, in the same batch, so that a loss of rights never waits for a write that waits for a lock. Rejects as `actor` does.
   * `require` checks what the operation demands of the actor beyond the policy. It must be passed with the first call, because a
   * repeated request ends here, with the response of the first one.
   */
  hold: (require?: (actor: Actor) => void) => Promise<Actor>;
  /**
   * A condition for locks that are taken in the same batch as the permission is checked. Without it, anyone who knows a ticket's id,
   * or has a token of an ended session, could lock the ticket for a moment, and infer from a wait that it exists.
   */
  mayAct: () => Sql;
  /**
   * Returns the error to report for a write by a caller who has the right. If they lacked it for a moment, locks under that
   * condition found nothing, as if nothing existed, so such an error becomes a `DoubtfulRefusal`.
   */
  doubt: (error: unknown) => unknown;
};

function ofSession({ user_id, session_id }: SessionIdentity): Sql {
  return sql`from sessions s join users u on u.id = s.user_id
    where s.user_id = ${user_id} and s.id = ${session_id}
      and s.revoked_at is null and s.expires_at > now() and u.disabled_at is null`;
}

/**
 * Selects a valid token. A token ends with the membership in which its person created it, and does not come back with a later
 * membership of theirs. A bot's token also ends with the bot's membership.
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
 * Selects the caller's membership `m`, and the membership `b` of the person for whom a bot acts. A former member's row stays, for
 * their name and for references to it, but does not count as a membership.
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

/**
 * The condition that the role is admitted. For a bot, the person's role must be admitted too. Every line of the policy that admits a
 * role admits all higher ones, so this is the same as admitting the lower of the two.
 */
function isAdmitted({ access, token }: Claim): Sql {
  const behind = isNone(token?.on_behalf_of) ? sql`` : sql` and b.role = any (${access}::text[])`;
  return sql`m.role = any (${access}::text[])${behind}`;
}

const rolesOf = ({ token }: Claim) => (isNone(token?.on_behalf_of) ? sql`m.role` : sql`m.role, b.role as limit_role`);
const isNone = (value: string | null | undefined): value is null | undefined => value === null || value === undefined;

const ended = (identity: Identity) => new BatonError(identity.token === null ? 'session_ended' : 'invalid_token');

/**
 * Confirms the credential and the account. Throws `session_ended` for a session, whether it was revoked or its account disabled, and
 * `invalid_token` for a token, even one that never existed.
 */
export async function requireLive(db: Db, identity: Identity): Promise<void> {
  if (!(await credentialIsLive(db, identity))) throw ended(identity);
}

/** Whether the credential is valid and its account enabled. */
async function credentialIsLive(db: Db, identity: Identity): Promise<boolean> {
  return (await db.maybeOne(sql`select 1 as live ${ofCredential(identity)}`)) !== undefined;
}

/**
 * Returns those of these credentials that are valid: all clients that wait for an event are checked in one statement. The database
 * function checks each in its own scope, so it sees no more than the credential itself would. Its conditions are those of
 * `ofCredential`; a test compares them.
 */
export async function liveAmong(db: Db, identities: readonly Identity[]): Promise<Identity[]> {
  const all = (of: (identity: Identity) => string | null) => identities.map(of);
  const rows = await db.rows<{ place: number }>(sql`
    select l.place from live_credentials(${all(personOf)}::uuid[], ${all(({ session_id }) => session_id)}::uuid[],
      ${all(({ token }) => token?.workspace_id ?? null)}::uuid[], ${all(({ token }) => token?.id ?? null)}::uuid[]) l`);
  return rows.flatMap(({ place }) => identities[place - 1] ?? []);
}

/** Does what `requireLive` does, and locks the credential: no request that ends it is acknowledged before this transaction commits. */
export async function holdLive(tx: Tx, identity: Identity): Promise<void> {
  const lock = identity.token === null ? sql`s` : sql`k`;
  const live = await tx.maybeOne(sql`
    select 1 as live ${ofCredential(identity)} for key share of ${lock}`);
  if (live === undefined) throw ended(identity);
}

interface Roles {
  role: Role;
  /** The role of the person for whom a bot acts. */
  limit_role?: Role;
}

const ranks: readonly Role[] = ['viewer', 'member', 'admin', 'owner'];
const isBelow = (role: Role, other: Role) => ranks.indexOf(role) < ranks.indexOf(other);
/** Returns the role, or for a bot the lower of its role and that of the person for whom it acts. */
const effective = ({ role, limit_role = role }: Roles) => (isBelow(limit_role, role) ? limit_role : role);

/**
 * Confirms membership and role. Throws `not_found` unless the caller is a member, exactly as for a workspace that doesn't exist,
 * `insufficient_scope` for a token whose scopes don't cover the operation, and `forbidden` if the role doesn't suffice.
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
 * Returns the error for a token that is used outside its own workspace, and undefined for every other identity. `workspace_id` is
 * the operation's workspace, if it has one.
 */
export function outside({ token }: Identity, workspace_id: string | undefined): BatonError | undefined {
  if (token === null || token.workspace_id === workspace_id) return undefined;
  return workspace_id === undefined ? insufficientScope(token, 'session') : new BatonError('not_found');
}

/**
 * Locks the caller's membership and workspace, and returns the role, or undefined if they may not act. KEY SHARE admits every
 * change of the rows and is compatible with itself. A write that takes rights away changes the row, commits, and then waits for
 * the remaining locks (`Tx.settle`). New locks are refused from the commit on, so a flood of them can't delay it.
 */
async function holdRole(tx: Tx, claim: Claim): Promise<Role | undefined> {
  const membership = await tx.maybeOne<Roles>(sql`
    select ${rolesOf(claim)} ${ofMember(claim)} and ${isAdmitted(claim)}
    for key share of m, w${isNone(claim.token?.on_behalf_of) ? sql`` : sql`, b`}`);
  return membership && effective(membership);
}

/**
 * Locks the workspace against deletion until the commit. The lock of a role is too weak for that: with it alone, a write may commit
 * after the deletion has read the rows that it disables.
 */
export async function requireUndeleted(tx: Tx, workspace_id: string): Promise<void> {
  const found = await tx.maybeOne(sql`
    select 1 from workspaces w where w.id = ${workspace_id} and w.deleted_at is null for share of w`);
  if (found === undefined) throw new BatonError('not_found');
}

/** The condition that the caller may act. Its subqueries are independent, so sessions can be on another shard. */
function isAllowed(claim: Claim): Sql {
  return sql`exists (select 1 ${ofCredential(claim)}) and exists (
    select 1 ${ofMember(claim)} and ${isAdmitted(claim)})`;
}

/** Checks credential and role in one batch, which has one snapshot. Refusals have an order: 401 before 404 before 403. */
export async function authorize(db: Db, claim: Claim): Promise<Actor> {
  const { access: _, lacks: __, ...caller } = claim;
  const live = requireLive(db, claim);
  const role = requireRole(db, claim);
  role.catch(() => undefined); // it is awaited after the credential, and must not be unhandled until then
  await live;
  return { ...caller, role: await role };
}

/** Does the same and locks everything. After a refusal, further queries find the reason. */
async function hold(tx: Tx, claim: Claim): Promise<Actor> {
  const { access: _, lacks: __, ...caller } = claim;
  const live = holdLive(tx, claim);
  const role = holdRole(tx, claim);
  role.catch(() => undefined);
  await live;
  const held = await role;
  if (held !== undefined) return { ...caller, role: held };
  await authorize(tx, claim);
  // The caller regained the right between the two checks.
  throw new DoubtfulRefusal(new BatonError('overloaded', {}, { retry_after_s: 1 }));
}

/** A refusal that may be wrong, because the caller lacked the right for a moment within the transaction. */
export class DoubtfulRefusal extends Error {
  override name = 'DoubtfulRefusal';
  readonly refusal: BatonError;

  constructor(refusal: BatonError) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Runs a write, and retries it once if its refusal is in doubt. Rights hardly ever change that often. */
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

/** Whether a token's scopes cover the operation. A session has no scopes, and covers everything. */
export function isCovered({ token }: Caller, [, needs]: Line): boolean {
  return token === null || needs === undefined || needs === 'any token' || covers(token.scopes, needs);
}

/** Starts the check that the caller may read in the workspace, by the operation's line of the policy. */
export function apply(db: Db, caller: Caller, line: Line, workspace_id: string): Applicant {
  const claim = claimOf(caller, line, workspace_id);
  const actor = authorize(db, claim);
  actor.catch(() => undefined); // it is awaited at the end, and must not be unhandled until then
  return { ...claim, actor };
}

/**
 * Returns the writer for a caller who is about to write in the workspace, without checking anything yet. `besides` is a check that
 * runs already, and must succeed for a caller who has the right.
 */
export function applyToWrite(
  tx: Tx,
  caller: Caller,
  line: Line,
  workspace_id: string,
  besides?: Promise<void>,
): Writer {
  const claim = claimOf(caller, line, workspace_id);
  besides?.catch(() => undefined); // it is awaited after the right, and must not be unhandled until then
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
        held.catch(() => undefined); // it is awaited at the end, and must not be unhandled until then
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
 * Returns the result if the permission is granted, and otherwise throws the refusal, whatever the result. Both were requested at
 * once, and both have ended when this returns, so no late statement can run on a connection that another caller has got.
 */
export async function permitted<T>(permission: Promise<unknown>, result: Promise<T>): Promise<T> {
  await Promise.allSettled([permission, result]);
  await permission;
  return result;
}
