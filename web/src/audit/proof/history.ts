import { consistencyProof, isConsistent, type Reader, type Tree } from './merkle.ts';

/** How a log goes together with what was seen of it before. */
export type History =
  /** Nothing was seen before. */
  | 'first'
  /** The log has everything that it had then, and perhaps more. */
  | 'kept'
  /** The log has fewer entries than were signed before, and the server can’t show the rest. */
  | 'shorter'
  /** An entry that was signed before was changed, removed, or moved. */
  | 'rewritten'
  /** The server didn’t send what it takes to compare. */
  | 'unproven';

/** Whether one tree begins the other, by what the server sends of the larger one; undefined where it sends too little. */
async function begins(old: Tree, now: Tree, read: Reader): Promise<boolean | undefined> {
  if (old.size === now.size) return isConsistent(old, now, []);
  try {
    return await isConsistent(old, now, await consistencyProof(old.size, now.size, read));
  } catch {
    return undefined;
  }
}

/** Compares a log with what was seen of it last. `readerOf` reads a tree of a size. */
export async function judge(before: Tree | undefined, now: Tree, readerOf: (size: number) => Reader): Promise<History> {
  if (before === undefined) return 'first';
  const is_shorter = now.size < before.size;
  const [small, large] = is_shorter ? [now, before] : [before, now];
  const is_kept = await begins(small, large, readerOf(large.size));
  if (is_kept === undefined) return is_shorter ? 'shorter' : 'unproven';
  return is_kept ? 'kept' : 'rewritten';
}
