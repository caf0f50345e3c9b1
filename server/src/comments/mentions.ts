import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { max_mentions } from './contract.ts';
import { membersAmong } from './queries.ts';

const mention = /(?<![\w@-])@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])/gi;

/** The ids that a text mentions: each `@` and an id, as a word of its own. In their order, each once. */
export function mentionsIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(mention), ([, id = '']) => id.toLowerCase()))];
}

/**
 * Whom a text mentions, at this place of the body. Throws `validation_failed` if one is no member, unless the text mentioned them before, and if there are
 * too many.
 */
export async function requireMentions(
  tx: Tx,
  workspace_id: string,
  { text, pointer, before = [] }: { text: string; pointer: string; before?: readonly string[] },
): Promise<string[]> {
  const refused = (detail: string) => new BatonError('validation_failed', { errors: [{ pointer, detail }] });
  const mentioned = mentionsIn(text);
  if (mentioned.length > max_mentions) throw refused(`A comment may mention at most ${max_mentions} people.`);
  const added = mentioned.filter((id) => !before.includes(id));
  if (added.length === 0) return mentioned;
  const members = await membersAmong(tx, workspace_id, added);
  const unknown = added.find((id) => !members.includes(id));
  if (unknown !== undefined) throw refused(`It mentions @${unknown}, who is not a member of this workspace.`);
  return mentioned;
}
