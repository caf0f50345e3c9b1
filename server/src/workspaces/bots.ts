import { insertBot, renameUser } from '../accounts/queries.ts';
import { recordAudit } from '../audit/record.ts';
import type { Limits } from '../config/limits.ts';
import { BatonError } from '../errors.ts';
import { requireCurrent, requireMatch } from '../http/preconditions.ts';
import { newId } from '../lib/ids.ts';
import { requireFewer } from '../quotas/quotas.ts';
import type { Context } from '../serving/context.ts';
import type { Bot, create_bot, remove_bot, update_bot } from './bot-contract.ts';
import { botById, lockBot } from './bot-queries.ts';
import { endMembership, insertMembership, memberships, updateRole } from './member-queries.ts';
import { takeRights } from './members.ts';

/** Creates a bot: an account that nobody can sign in to, and its membership. */
export async function createBot(
  { tx, writer, body: { name, role } }: Context<typeof create_bot>,
  { max_members_per_workspace }: Pick<Limits, 'max_members_per_workspace'>,
): Promise<Bot> {
  const actor = await writer.hold();
  const { workspace_id } = actor;
  await requireFewer(tx, 'members_per_workspace', max_members_per_workspace, memberships(workspace_id));
  const user_id = newId();
  insertBot(tx, { id: user_id, name });
  await insertMembership(tx, { workspace_id, user_id, role });
  recordAudit(tx, actor, { action: 'bot.created', subject_id: user_id, after: { name, role } });
  const created = await botById(tx, workspace_id, user_id);
  if (created === undefined) throw new Error('A bot was created and is not there.');
  return created;
}

/** Renames a bot or changes its role. Once this is acknowledged, no request still acts with a right that it lost. */
export async function updateBot({
  tx,
  writer,
  params,
  if_match,
  body: { version, ...changes },
}: Context<typeof update_bot>): Promise<Bot> {
  const actor = await writer.hold();
  const { workspace_id } = actor;
  const locked = await lockBot(tx, workspace_id, params.bot_id);
  if (locked === undefined) throw new BatonError('not_found');
  const { at, ...bot } = locked;
  requireCurrent({ if_match, version }, { current_version: bot.version });
  const { id: user_id, name, role } = bot;
  const after = { name: changes.name ?? name, role: changes.role ?? role };
  if (after.name === name && after.role === role) return bot;
  const [changed] = await Promise.all([
    updateRole(tx, workspace_id, user_id, after.role),
    after.name === name ? undefined : renameUser(tx, user_id, after.name),
  ]);
  if (role === 'member' && after.role === 'viewer') takeRights(tx, actor, user_id);
  recordAudit(tx, actor, {
    action: 'bot.updated',
    subject_id: user_id,
    subject_version: changed.version,
    before: { name, role },
    after,
    at,
  });
  return { ...bot, ...changed, ...after };
}

/** Removes a bot permanently: it cannot be invited again. Its tokens end with its membership. */
export async function removeBot({ tx, writer, params, if_match }: Context<typeof remove_bot>): Promise<void> {
  const actor = await writer.hold();
  const { workspace_id } = actor;
  const bot = await lockBot(tx, workspace_id, params.bot_id);
  if (bot === undefined) throw new BatonError('not_found');
  requireMatch(if_match, { current_version: bot.version });
  endMembership(tx, workspace_id, bot.id);
  takeRights(tx, actor, bot.id);
  const { id: subject_id, version, name, role, at } = bot;
  recordAudit(tx, actor, {
    action: 'bot.removed',
    subject_id,
    subject_version: version + 1,
    before: { name, role },
    at,
  });
}
