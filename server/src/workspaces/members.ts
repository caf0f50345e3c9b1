import type { Actor } from '../access/authorize.ts';
import { recordAudit } from '../audit/record.ts';
import type { Limits } from '../config/limits.ts';
import type { Locked } from '../db/columns.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Role } from '../http/contract.ts';
import { requireCurrent, requireMatch } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import type { Member, remove_member, update_member } from './contract.ts';
import { insertCleanup } from './cleanup-queries.ts';
import {
  countOwners,
  endMembership,
  lockMember,
  lockOwnRole,
  membershipForUpdate,
  updateRole,
} from './member-queries.ts';
import { requireMayOwn } from './owners.ts';
import { lockWorkspace } from './queries.ts';

/** Locks the workspace and then the member, so that changes of owners happen one after the other. */
async function openMember(tx: Tx, actor: Actor, user_id: string): Promise<{ member: Locked<Member>; role: Role }> {
  await lockWorkspace(tx, actor.workspace_id);
  const [member, self] = await Promise.all([
    lockMember(tx, actor.workspace_id, user_id),
    lockOwnRole(tx, actor.workspace_id, actor.user_id),
  ]);
  // The caller's role is read again now that it can't change: an owner may have been demoted during the wait.
  if (member === undefined || self === undefined) throw new BatonError('not_found');
  return { member, role: self.role };
}

async function requireOtherOwner(tx: Tx, actor: Actor): Promise<void> {
  if ((await countOwners(tx, actor.workspace_id)) < 2) throw new BatonError('last_owner');
}

const ranks: readonly Role[] = ['viewer', 'member', 'admin', 'owner'];

/**
 * Refuses to make anybody an admin or owner by an API token. Otherwise anyone who has the token could gain all rights, and keep them
 * after it is revoked.
 */
export function requireModest({ token }: Pick<Actor, 'token'>, role: Role): void {
  if (token === null || role === 'viewer' || role === 'member') return;
  throw new BatonError('forbidden', {
    detail: 'An API token cannot make anybody an admin or owner. Sign in to do that.',
  });
}

/**
 * Changes a member's role. Owners may set any role. Admins may neither change the role of an owner nor appoint one. Nobody can become the
 * owner of more workspaces than an account may own.
 */
export async function changeRole(
  context: Context<typeof update_member>,
  limits: Pick<Limits, 'max_workspaces_per_account'>,
): Promise<Member> {
  const { tx, writer, if_match } = context;
  const { user_id } = context.params;
  const { role, version } = context.body;
  const actor = await writer.hold();
  const { member: locked, role: own } = await openMember(tx, actor, user_id);
  const { at, ...member } = locked;
  requireCurrent({ if_match, version }, { current_version: member.version });
  const may = own === 'owner' || (own === 'admin' && member.role !== 'owner' && role !== 'owner');
  if (!may)
    throw new BatonError('forbidden', { detail: 'Only owners may appoint owners, or change the role of an owner.' });
  if (member.role === role) return member;
  requireModest(actor, role);
  if (role === 'owner') await requireMayOwn(tx, user_id, limits);
  if (member.role === 'owner') await requireOtherOwner(tx, actor);
  const changed = await updateRole(tx, actor.workspace_id, user_id, role);
  if (ranks.indexOf(role) < ranks.indexOf(member.role)) takeRights(tx, actor, user_id);
  recordAudit(tx, actor, {
    action: 'member.role_changed',
    subject_id: user_id,
    subject_version: changed.version,
    before: { role: member.role },
    after: { role },
    at,
  });
  return { ...member, ...changed, role };
}

/** Waits after the commit for writes that rely on the user's former rights, and records that a clean-up is due. */
export function takeRights(tx: Tx, actor: Actor, user_id: string): void {
  const { workspace_id, request_id, token } = actor;
  tx.settle(membershipForUpdate(workspace_id, user_id));
  insertCleanup(tx, { workspace_id, user_id, actor_id: actor.user_id, request_id, token_id: token?.id ?? null });
}

/**
 * Removes a member, or lets one leave. This only ends the membership, however many tickets they have. `cleanUp` unassigns
 * the tickets afterwards, each with a new version and an audit entry.
 */
export async function removeMember(context: Context<typeof remove_member>): Promise<void> {
  const { tx, writer, if_match } = context;
  const { user_id } = context.params;
  const actor = await writer.hold();
  const { member, role: own } = await openMember(tx, actor, user_id);
  const leaving = user_id === actor.user_id;
  if (!leaving && own !== 'owner' && !(own === 'admin' && member.role !== 'owner')) {
    throw new BatonError('forbidden', {
      detail: 'Owners may remove anybody, admins anybody except owners, and everybody may leave.',
    });
  }
  requireMatch(if_match, { current_version: member.version });
  if (member.role === 'owner') await requireOtherOwner(tx, actor);
  endMembership(tx, actor.workspace_id, user_id);
  takeRights(tx, actor, user_id);
  recordAudit(tx, actor, {
    action: leaving ? 'member.left' : 'member.removed',
    subject_id: user_id,
    subject_version: member.version + 1,
    before: { role: member.role },
    at: member.at,
  });
}
