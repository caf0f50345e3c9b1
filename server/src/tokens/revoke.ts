import { recordAudit } from '../audit/record.ts';
import { BatonError } from '../errors.ts';
import type { Context } from '../serving/serve.ts';
import type { revoke_token } from './contract.ts';
import { sightOf } from './access.ts';
import { markRevoked } from './queries.ts';

/** Revokes a token: one's own or, as an admin, anybody's. */
export async function revokeToken({ tx, writer, params }: Context<typeof revoke_token>): Promise<void> {
  const actor = await writer.hold();
  const revoked = await markRevoked(tx, sightOf(actor), params.token_id);
  if (revoked === undefined) throw new BatonError('not_found');
  const { id, name, user_id } = revoked;
  recordAudit(tx, actor, { action: 'token.revoked', subject_id: id, before: { name, user_id } });
}
