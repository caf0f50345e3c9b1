import { userById } from '../accounts/queries.ts';
import type { AuditEntry } from '../audit/facts.ts';
import { recordAudit, recordAudits } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Response } from '../http/contract.ts';
import { newId } from '../lib/ids.ts';
import { mailKey } from '../mail/orders.ts';
import { queueMail } from '../mail/queries.ts';
import { requireFewer } from '../quotas/quotas.ts';
import type { Services } from '../services.ts';
import type { Context, OwnContext } from '../serving/context.ts';
import type { accept_invitation, create_invitation, revoke_invitation, Workspace } from './contract.ts';
import {
  insertInvitation,
  lockInvitation,
  markAccepted,
  openInvitations,
  retireDead,
  revokeInvitation,
} from './invitation-queries.ts';
import { revocationOf } from './fact.ts';
import { newInvitationToken, readInvitationToken } from './invitation-token.ts';
import { insertMembership, isMember, memberships } from './member-queries.ts';
import { requireModest } from './members.ts';
import { requireMayOwn } from './owners.ts';
import { workspaceById } from './queries.ts';

/**
 * Invites an address with a role no higher than the caller's. The token is only in the response and, if one is sent, in the mail.
 */
export async function invite(
  context: Context<typeof create_invitation>,
  services: Pick<Services, 'config' | 'hint' | 'limits'>,
): Promise<Response<typeof create_invitation>> {
  const { tx, writer, body: input, afterCommit } = context;
  const { config, hint } = services;
  const actor = await writer.hold(({ role }) => {
    if (input.role === 'owner' && role !== 'owner') {
      throw new BatonError('forbidden', { detail: 'Only owners may invite owners.' });
    }
  });
  const { workspace_id, user_id } = actor;
  requireModest(actor, input.role);
  const open = openInvitations(workspace_id);
  const [is_member] = await Promise.all([
    isMember(tx, workspace_id, input.email),
    requireFewer(tx, 'open_invitations_per_workspace', config.max_open_invitations_per_workspace, open),
  ]);
  if (is_member) throw new BatonError('already_member');
  const id = newId();
  const ttl_s = config.invitation_ttl_s;
  const { token, hash } = newInvitationToken(workspace_id, id);
  const row = { ...input, workspace_id, id, token_hash: hash, invited_by: user_id, ttl_s };
  const [retired, invitation] = await Promise.all([
    retireDead(tx, workspace_id, input.email),
    insertInvitation(tx, row),
  ]);
  if (invitation === undefined) throw new BatonError('invitation_pending');
  const { email, role } = input;
  const created: AuditEntry = { action: 'invitation.created', subject_id: id, after: { email, role } };
  recordAudits(tx, actor, [...retired.map(revocationOf), created]);
  const mailed = await mayMail(tx, services, { email, user_id, ip: context.ip });
  if (mailed) {
    const order = { kind: 'invitation' as const, workspace_id, invitation_id: id, token };
    queueMail(tx, order, { key: mailKey(config.secret), ttl_s, by: { user_id } });
    afterCommit(() => Promise.resolve(hint('mail')));
  }
  return { ...invitation, token, mailed };
}

/**
 * Returns whether an invitation is mailed, and counts it if so. It is not mailed if the inviter's address isn't confirmed: otherwise
 * anyone could sign up and have mails sent to any address. It is not mailed either if the address has reached its limit of mails,
 * since the token can be passed on. Throws `rate_limited` if the inviter has reached theirs.
 */
async function mayMail(
  tx: Tx,
  { config, limits }: Pick<Services, 'config' | 'limits'>,
  { email, ...inviter }: { email: string; user_id: string; ip: string },
): Promise<boolean> {
  if (config.mail === undefined) return false;
  const { email_confirmed_at } = await userById(tx, inviter.user_id);
  if (email_confirmed_at === null || !(await limits.mails.fitsTo(tx, email))) return false;
  await limits.mails.countBy(tx, 'invitation-mail', inviter);
  return true;
}

/** Revokes an invitation. */
export async function withdrawInvitation(context: Context<typeof revoke_invitation>): Promise<void> {
  const { tx, writer } = context;
  const { invitation_id: id } = context.params;
  const actor = await writer.hold();
  const invitation = await revokeInvitation(tx, actor.workspace_id, id);
  if (invitation === undefined) throw new BatonError('not_found');
  recordAudit(tx, actor, revocationOf(invitation));
}

/**
 * Accepts an invitation. Throws `not_found` if it is unknown, used, expired, revoked or sent to another address, or if the
 * inviter may no longer give the role.
 */
export async function acceptInvitation(
  services: Services,
  { caller, commit, body }: OwnContext<typeof accept_invitation>,
): Promise<Workspace> {
  const { user_id } = caller;
  const token = readInvitationToken(body.token);
  return commit({ workspace_id: token?.workspace_id }, async ({ tx, hold }) => {
    await hold();
    if (token === undefined) throw new BatonError('not_found');
    const { workspace_id, id } = token;
    const invitation = await lockInvitation(tx, token, user_id);
    if (invitation === undefined) throw new BatonError('not_found');
    const { config } = services;
    await Promise.all([
      requireFewer(tx, 'members_per_workspace', config.max_members_per_workspace, memberships(workspace_id)),
      invitation.role === 'owner' && requireMayOwn(tx, user_id, config),
    ]);
    const { role } = invitation;
    const at = await insertMembership(tx, { workspace_id, user_id, role });
    if (at === undefined) throw new BatonError('already_member');
    markAccepted(tx, workspace_id, id, user_id);
    recordAudit(
      tx,
      { ...caller, workspace_id },
      { action: 'invitation.accepted', subject_id: id, after: { user_id, role }, at },
    );
    return { ...(await workspaceById(tx, workspace_id)), role };
  });
}
