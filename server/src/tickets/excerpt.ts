/** How many characters of a description a list shows. */
export const max_excerpt = 200;

// Spaces, line ends, controls, and invisible characters and marks of direction. Joiners stay, because they shape letters.
const unseen = /[\s\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;

// A fast path for most texts: a page may have a hundred.
const plain = /^[\x20-\x7e]*$/;

/** Returns a plain text without the spaces that aren't seen. Few texts have two in a row, and to look for them so is faster. */
const spaced = (text: string) => (text.includes('  ') ? text.replaceAll(/ {2,}/g, ' ') : text).trim();

/** Returns a text as one visible line. */
export function lineOf(text: string): string {
  return plain.test(text) ? spaced(text) : text.replace(unseen, ' ').trim();
}

/** Returns the start of a text as one visible line. */
export function excerptOf(start: string): string {
  if (plain.test(start)) return spaced(start).slice(0, max_excerpt).trimEnd();
  const line = lineOf(start);
  const shown = plain.test(line) ? line.slice(0, max_excerpt) : Array.from(line).slice(0, max_excerpt).join('');
  return shown.trimEnd();
}
