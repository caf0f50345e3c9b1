const letters_of = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Returns the first letter of a word as it is seen, which may consist of several characters. */
const firstLetter = (word: string) => letters_of.segment(word).containing(0)?.segment.toUpperCase() ?? '';

/** Returns the initials of a name: the first letters of its first and last words. */
export function initialsOf(name: string): string {
  const [first = '', ...others] = name.trim().split(/\s+/);
  return firstLetter(first) + firstLetter(others.at(-1) ?? '');
}
