import { consistencyProof, isConsistent, type Reader, type Tree } from './merkle.ts';

/** How the log relates to what this browser saw of it before. */
export type History =
  /** Nothing was seen before. */
  | 'first'
  /** The log contains everything that it contained then, and perhaps more. */
  | 'kept'
  /** The log has fewer entries than were signed before, and the server can’t prove the rest. */
  | 'shorter'
  /** An entry that was signed before has been changed, removed or moved. */
  | 'rewritten'
  /** The server didn’t send what the comparison needs. */
  | 'unproven';

/**
 * Returns whether the old tree is a prefix of the new one, proven from the new tree's hashes; undefined if the server
 * sends too few.
 */
async function begins(old: Tree, now: Tree, read: Reader): Promise<boolean | undefined> {
  if (old.size === now.size) return isConsistent(old, now, []);
  try {
    return await isConsistent(old, now, await consistencyProof(old.size, now.size, read));
  } catch {
    return undefined;
  }
}

/** Compares a log with what this browser saw last. `readerOf` returns a reader for the tree of a given size. */
export async function judge(before: Tree | undefined, now: Tree, readerOf: (size: number) => Reader): Promise<History> {
  if (before === undefined) return 'first';
  const is_shorter = now.size < before.size;
  const [small, large] = is_shorter ? [now, before] : [before, now];
  const is_kept = await begins(small, large, readerOf(large.size));
  if (is_kept === undefined) return is_shorter ? 'shorter' : 'unproven';
  return is_kept ? 'kept' : 'rewritten';
}
