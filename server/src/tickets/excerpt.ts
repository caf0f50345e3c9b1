/** How many characters of a description a list shows. */
export const max_excerpt = 200;

// Spaces, line ends, controls, and invisible characters and marks of direction. Joiners stay, because they shape letters.
const unseen = /[\s\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;

// A fast path for most texts: a page may have a hundred.
const plain = /^[\x20-\x7e]*$/;

/** Returns the start of a text as one visible line. */
export function excerptOf(start: string): string {
  if (plain.test(start)) return start.replaceAll(/ {2,}/g, ' ').trim().slice(0, max_excerpt).trimEnd();
  return Array.from(start.replace(unseen, ' ').trim()).slice(0, max_excerpt).join('').trimEnd();
}
