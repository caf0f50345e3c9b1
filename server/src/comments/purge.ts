import type { Writer } from '../access/authorize.ts';
import type { Tx } from '../db/transaction.ts';
import { openComment } from './access.ts';
import type { Comment } from './contract.ts';
import { purgeTexts } from './queries.ts';

/** Deletes a comment and all its earlier texts permanently. Purging it again changes nothing. */
export async function purgeComment(
  tx: Tx,
  writer: Writer,
  at: { ticket: string; comment_id: string },
): Promise<Comment> {
  const { actor, comment } = await openComment(tx, writer, at, { anywhere: true });
  return purgeTexts(tx, actor, comment);
}
