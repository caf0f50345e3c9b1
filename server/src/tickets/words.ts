/** Letters and digits of any script, and the marks that belong to them. */
const word = /[\p{L}\p{N}\p{M}]+/gu;
/** A ticket's key within a text. */
const key = /[a-z][a-z0-9]{1,9}-[1-9]\d{0,9}/g;
const whole_key = /^[a-z][a-z0-9]{1,9}-[1-9]\d{0,9}$/;

const max_word = 40;
/** The most words by which a ticket is found. */
export const max_words = 64;
/** The most words that a search looks for. */
export const max_sought = 8;

const short = (text: string) => Array.from(text).slice(0, max_word).join('');

/** Returns the words of a title, and whole keys in it. */
export function wordsOfTitle(title: string): string[] {
  const text = title.toLowerCase();
  const found = [...(text.match(word) ?? []), ...(text.match(key) ?? [])].map(short);
  return [...new Set(found)].slice(0, max_words);
}

/** Returns the words that a ticket is found by: its own key, and those of its title. */
export function wordsOf(ticket: { title: string; key: string }): string[] {
  return [...new Set([ticket.key.toLowerCase(), ...wordsOfTitle(ticket.title)])].slice(0, max_words);
}

/** Whether a text is a key, in any letter case. */
export const isKey = (text: string) => whole_key.test(text.toLowerCase());

/** Returns the texts of a search, which are separated by spaces. */
export function soughtIn(q: string): string[] {
  return [...new Set(q.split(/\s+/).filter((text) => text !== ''))].slice(0, max_sought);
}

/** A sigma that may be at the end of a word, where it is another letter in lower case. */
const last_sigma = /σ(?!\p{Cased})/u;

/** Returns the start of a word that is the same in lower case whatever case its letters had. */
function steady(text: string): string {
  const until = text.search(last_sigma);
  let start = '';
  for (const letter of until === -1 ? text : text.slice(0, until)) {
    if (letter.toUpperCase().toLowerCase() !== letter) break;
    start += letter;
  }
  return start;
}

/**
 * Returns the text that one of a ticket's words must start with if its title has a word that starts with `sought`. Returns undefined
 * if any word may match.
 */
export function startOf(sought: string): string | undefined {
  const text = sought.toLowerCase();
  const start = steady((whole_key.test(text) ? text : text.match(word)?.[0]) ?? '');
  return start === '' ? undefined : short(start);
}
