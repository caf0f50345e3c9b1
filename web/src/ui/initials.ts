const letters_of = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What is seen as the first letter of a word, however many characters it has. */
const firstLetter = (word: string) => letters_of.segment(word).containing(0)?.segment.toUpperCase() ?? '';

/** The letters for a name: of its first and its last word. */
export function initialsOf(name: string): string {
  const [first = '', ...others] = name.trim().split(/\s+/);
  return firstLetter(first) + firstLetter(others.at(-1) ?? '');
}
