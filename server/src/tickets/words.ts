/** Letters and digits of any script, and the marks that belong to them. */
const word = /[\p{L}\p{N}\p{M}]+/gu;
/** A ticket's key, within a text. */
const key = /[a-z][a-z0-9]{1,9}-[1-9]\d{0,9}/g;
const whole_key = /^[a-z][a-z0-9]{1,9}-[1-9]\d{0,9}$/;

const max_word = 40;
/** A title has at most so many that it is found by. */
const max_words = 64;
/** A search looks for at most so many. */
export const max_sought = 8;

const short = (text: string) => Array.from(text).slice(0, max_word).join('');

/** The words that a ticket is found by: those of its title, keys in it as a whole, too, and its own key. */
export function wordsOf(ticket: { title: string; key: string }): string[] {
  const title = ticket.title.toLowerCase();
  const found = [...(title.match(word) ?? []), ...(title.match(key) ?? [])].map(short);
  return [...new Set([ticket.key.toLowerCase(), ...found])].slice(0, max_words);
}

/** Whether a text is a key, in any letter case. */
export const isKey = (text: string) => whole_key.test(text.toLowerCase());

/** What is looked for, a text between spaces each. */
export function soughtIn(q: string): string[] {
  return [...new Set(q.split(/\s+/).filter((text) => text !== ''))].slice(0, max_sought);
}

/** The start that one of a ticket's words has if its title has a word that starts with this text; undefined if any may have. */
export function startOf(sought: string): string | undefined {
  const text = sought.toLowerCase();
  const start = whole_key.test(text) ? text : text.match(word)?.[0];
  return start === undefined ? undefined : short(start);
}
