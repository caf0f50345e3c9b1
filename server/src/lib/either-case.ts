/** What may precede a word: white space, or punctuation, such as that of an address. */
const before_a_word = '(?:^|[[:space:][:punct:]])';

/** The characters that mean something in a regular expression of PostgreSQL. */
const special = /[\\^$.|?*+()[\]{}]/;

/**
 * Matches a character in either case. It lists both, since what PostgreSQL takes for a letter depends on the database's
 * locale. A sigma has a third form, at the end of a word.
 */
function inEitherCase(character: string): string {
  const cases = new Set([character, character.toLowerCase(), character.toUpperCase()]);
  if (cases.has('Σ')) for (const sigma of 'σς') cases.add(sigma);
  const single = [...cases].filter((one) => one.length === character.length);
  if (single.length > 1) return `[${single.join('')}]`;
  return special.test(character) ? `\\${character}` : character;
}

/** A regular expression of PostgreSQL for this text in any letter case. No character of the text is a wildcard. */
export function inAnyCase(text: string): string {
  return Array.from(text, inEitherCase).join('');
}

/** A regular expression of PostgreSQL for texts in which a word starts with this text, in any letter case. */
export function wordStart(text: string): string {
  return before_a_word + inAnyCase(text.trim());
}
