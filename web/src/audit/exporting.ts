/** Reads the next part of an export, after so many entries. */
type Load = (after: number) => Promise<string>;

/** More than this is for the command line: a browser would have to keep all of it at once. */
export const max_characters = 256 * 1024 * 1024;

export interface Exported {
  parts: string[];
  entries: number;
}

/** Whether a part of an export is its last: it ends with the checkpoint. */
const isLast = (part: string) => part.startsWith('{"checkpoint"') || part.includes('\n{"checkpoint"');

/** The whole log as it was hashed and signed; undefined where that is more than a browser should keep. */
export async function exportAll(load: Load, told: (entries: number) => void): Promise<Exported | undefined> {
  const parts: string[] = [];
  let [entries, characters] = [0, 0];
  for (let is_last = false; !is_last; ) {
    const part = await load(entries);
    is_last = isLast(part);
    const lines = part.split('\n').length - 1;
    // A part that has nothing would be asked for again and again.
    if (!is_last && lines === 0) return undefined;
    parts.push(part);
    entries += is_last ? lines - 1 : lines;
    characters += part.length;
    told(entries);
    if (characters > max_characters) return undefined;
  }
  return { parts, entries };
}
