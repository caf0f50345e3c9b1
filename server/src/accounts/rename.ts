import type { Caller } from '../access/authorize.ts';
import type { Tx } from '../db/transaction.ts';
import { type IfMatch, requireMatch } from '../http/preconditions.ts';
import type { User } from './contract.ts';
import { lockUser, type Origin, recordAccountAudit, renameUser } from './queries.ts';

/** Gives the caller's account another name. */
export async function rename(
  tx: Tx,
  { user_id }: Caller,
  name: string,
  { origin, if_match }: { origin: Origin; if_match: IfMatch | undefined },
): Promise<User> {
  const before = await lockUser(tx, user_id);
  requireMatch(if_match, { current_version: before.version });
  if (name === before.name) return before;
  recordAccountAudit(tx, user_id, origin, 'name_changed', { from: before.name, to: name });
  return renameUser(tx, user_id, name);
}
