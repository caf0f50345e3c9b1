import { isAdmin } from '../access/policy.ts';
import { recordAudit } from '../audit/record.ts';
import type { Config } from '../config.ts';
import { BatonError, requireFound } from '../errors.ts';
import type { Response } from '../http/contract.ts';
import { newId } from '../lib/ids.ts';
import { requireFewer } from '../quotas/quotas.ts';
import type { Context } from '../serving/context.ts';
import { botById } from '../workspaces/bot-queries.ts';
import type { create_token } from './contract.ts';
import { insertToken, presentMembership, tokensBy } from './queries.ts';
import { newApiToken } from './token.ts';

type Settings = Pick<Config, 'token_ttl_days' | 'token_max_ttl_days' | 'max_tokens_per_member'>;

const refused = (pointer: string, detail: string) =>
  new BatonError('validation_failed', { errors: [{ pointer, detail }] });

/** Creates a token for the caller or, if they are an owner or admin, for a bot. Only the response has the secret. */
export async function createToken(
  { tx, writer, body }: Context<typeof create_token>,
  settings: Settings,
): Promise<Response<typeof create_token>> {
  const { token_max_ttl_days: max, max_tokens_per_member } = settings;
  const { name, scopes, expires_in_days = Math.min(settings.token_ttl_days, max) } = body;
  if (expires_in_days > max) throw refused('/expires_in_days', `A token is valid for at most ${max} days.`);
  const { workspace_id, user_id: created_by } = writer;
  const { user_id = created_by } = body;
  const actor = await writer.hold(({ role }) => {
    if (user_id === created_by || isAdmin(role)) return;
    throw new BatonError('forbidden', {
      detail: 'You can create tokens only for yourself. Owners and admins can also create them for bots.',
    });
  });
  const [found, joined] = await Promise.all([
    user_id === created_by || botById(tx, workspace_id, user_id),
    // Not found if the member's removal has committed since. A later
    // removal waits for this transaction and ends the new token.
    requireFound(presentMembership(tx, workspace_id, created_by)),
    requireFewer(tx, 'tokens_per_member', max_tokens_per_member, tokensBy(workspace_id, created_by)),
  ]);
  if (found === undefined) throw refused('/user_id', 'Expected a bot of this workspace, or the caller.');
  const id = newId();
  const { token, hash } = newApiToken(workspace_id, id);
  const created = await insertToken(tx, {
    id,
    name,
    user_id,
    created_by,
    scopes,
    workspace_id,
    joined,
    token_hash: hash,
    ttl_days: expires_in_days,
  });
  const { expires_at } = created;
  recordAudit(tx, actor, { action: 'token.created', subject_id: id, after: { name, user_id, scopes, expires_at } });
  return { ...created, token };
}
