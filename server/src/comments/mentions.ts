import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { max_mentions } from './contract.ts';
import { membersAmong } from './queries.ts';

const mention = /(?<![\w@-])@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])/gi;

/** Returns the ids that a text mentions, each as `@` and an id that form a word. Each is returned once, in the order of the text. */
export function mentionsIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(mention), ([, id = '']) => id.toLowerCase()))];
}

/**
 * Returns the ids that a text mentions; `pointer` is its position in the body. Throws `validation_failed` if there are too many, or
 * if one isn't a member, unless the text mentioned them `before`.
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
