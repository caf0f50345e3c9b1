import type pg from 'pg';
import type { AuditEntry } from '../audit/facts.ts';
import { recordAudit, recordAudits } from '../audit/record.ts';
import { readOnly, transaction } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Context } from '../serving/context.ts';
import { workspacesOfMember } from '../workspaces/member-queries.ts';
import type { ApiTokenRow, revoke_token } from './contract.ts';
import { sightOf } from './access.ts';
import { markAllRevoked, markRevoked } from './queries.ts';

type Revoked = Extract<AuditEntry, { action: 'token.revoked' }>;
const revocation = ({ id, name, user_id }: ApiTokenRow): Revoked => ({
  action: 'token.revoked',
  subject_id: id,
  before: { name, user_id },
});

/** Revokes a token: the caller's own or, if the caller is an owner or admin, anybody's. */
export async function revokeToken({ tx, writer, params }: Context<typeof revoke_token>): Promise<void> {
  const actor = await writer.hold();
  const revoked = await markRevoked(tx, sightOf(actor), params.token_id);
  if (revoked === undefined) throw new BatonError('not_found');
  recordAudit(tx, actor, revocation(revoked));
}

/**
 * Revokes every token that a user has created, in each of their workspaces. It is called after their sessions have
 * ended, so that no session can create another token.
 */
export async function revokeTokensOf(
  pool: pg.Pool,
  { user_id, request_id }: { user_id: string; request_id: string },
): Promise<void> {
  const workspaces = await readOnly(pool, { user_id }, (db) => workspacesOfMember(db, user_id));
  for (const workspace_id of workspaces) {
    await transaction(pool, { workspace_id, user_id }, async (tx) => {
      const revoked = await markAllRevoked(tx, { workspace_id, created_by: user_id });
      recordAudits(tx, { workspace_id, user_id, request_id, token: null }, revoked.map(revocation));
    });
  }
}
