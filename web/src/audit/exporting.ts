/** Loads the part of an export that follows the first `after` entries. */
type Load = (after: number) => Promise<string>;

/** A larger log has to be exported on the command line, because a browser would hold all of it in memory. */
export const max_characters = 256 * 1024 * 1024;

export interface Exported {
  parts: string[];
  entries: number;
}

/** Returns whether a part of an export is the last one, which ends with the checkpoint. */
const isLast = (part: string) => part.startsWith('{"checkpoint"') || part.includes('\n{"checkpoint"');

/**
 * Exports the whole log as it was hashed and signed; undefined if it is too large for a browser, or ends without a
 * checkpoint.
 */
export async function exportAll(load: Load, told: (entries: number) => void): Promise<Exported | undefined> {
  const parts: string[] = [];
  let [entries, characters] = [0, 0];
  for (let is_last = false; !is_last; ) {
    const part = await load(entries);
    is_last = isLast(part);
    const lines = part.split('\n').length - 1;
    // An empty part would be requested for ever.
    if (!is_last && lines === 0) return undefined;
    parts.push(part);
    entries += is_last ? lines - 1 : lines;
    characters += part.length;
    told(entries);
    if (characters > max_characters) return undefined;
  }
  return { parts, entries };
}
