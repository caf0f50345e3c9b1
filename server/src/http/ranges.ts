/** Bytes of a file: its first and its last, counted from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

/** A list with one range. Lists may have empty elements (RFC 9110, 5.6.1), and names of units ignore case (14.1). */
const one_range = /^bytes=[\t ,]*(\d*)-(\d*)[\t ,]*$/i;

/**
 * Reads a Range (RFC 9110, 14.2): the range of a file of this size, or `unsatisfiable`. Undefined if the header is to be ignored: it has
 * several ranges or another unit, or is malformed. Not `range-parser`, which finds the last 500 bytes of a shorter file unsatisfiable.
 */
export function readRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = one_range.exec(header ?? '') ?? [];
  if (first === '') {
    if (last === '') return undefined;
    const length = Math.min(Number(last), size);
    if (length > 0) return { start: size - length, end: size - 1 };
    return Number(last) === 0 ? 'unsatisfiable' : undefined; // no range can name the last bytes of an empty file
  }
  const start = Number(first);
  const end = last === '' ? Infinity : Number(last);
  if (end < start) return undefined;
  return start < size ? { start, end: Math.min(end, size - 1) } : 'unsatisfiable';
}

/**
 * Whether If-Range lets a Range apply: it names this entity tag (RFC 9110, 13.1.5). A date never does, since no response has a
 * Last-Modified.
 */
export function mayApply(if_range: string | undefined, entity_tag: string): boolean {
  return if_range === undefined || if_range.trim() === entity_tag;
}
