import { requireCurrent } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import type { update_me, User } from './contract.ts';
import { lockUser, recordAccountAudit, renameUser } from './queries.ts';

/** Renames the caller's account. */
export async function rename(context: Context<typeof update_me>): Promise<User> {
  const { tx, if_match } = context;
  const { user_id } = context.caller;
  const { name, version } = context.body;
  const before = await lockUser(tx, user_id);
  requireCurrent({ if_match, version }, { current_version: before.version });
  if (name === before.name) return before;
  recordAccountAudit(tx, user_id, context, { action: 'name_changed', detail: { from: before.name, to: name } });
  return renameUser(tx, user_id, name);
}
