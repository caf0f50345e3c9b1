/** Somebody who can be mentioned. */
export interface Mentionable {
  user_id: string;
  name: string;
  email: string | null;
}

const id_form = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** Mentions as the server finds them: `@` and an id, as a separate word. */
const mention = new RegExp(String.raw`(?<![\w@-])@(${id_form})(?![\w-])`, 'gi');

/** Returns the ids that a text mentions. */
export const mentionedIn = (text: string): string[] => [
  ...new Set(Array.from(text.matchAll(mention), ([, id = '']) => id.toLowerCase())),
];

/** Replaces ids with names, as people read and edit the text. `written` returns how a name is shown. Unknown ids stay. */
export const withNames = (
  text: string,
  nameOf: (id: string) => string | undefined,
  written: (name: string) => string = (name) => name,
): string =>
  text.replaceAll(mention, (whole, id: string) => {
    const name = nameOf(id.toLowerCase());
    return name === undefined ? whole : written(`@${name}`);
  });

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const withAddress = ({ name, email }: Mentionable) => (email === null ? name : `${name} (${email})`);

/** Returns how a person is mentioned in typed text: with the e-mail address if others have the same name. */
export const writtenAs = (person: Mentionable, people: readonly Mentionable[]): string =>
  people.some(({ name, user_id }) => name === person.name && user_id !== person.user_id)
    ? withAddress(person)
    : person.name;

/**
 * Maps typed mentions to ids. A name that several people share means the one who was mentioned before, or else nobody.
 */
function idsByWriting(people: readonly Mentionable[], before: readonly Mentionable[]): Map<string, string> {
  const ids = new Map(people.map((person) => [withAddress(person), person.user_id]));
  const nameOf = ({ name }: Mentionable) => name;
  for (const [name, namesakes] of [...Map.groupBy(people, nameOf), ...Map.groupBy(before, nameOf)]) {
    const [id, ...others] = new Set(namesakes.map(({ user_id }) => user_id));
    if (id !== undefined && others.length === 0) ids.set(name, id);
    else ids.delete(name);
  }
  ids.delete('');
  return ids;
}

/**
 * Replaces names with ids, as the server expects mentions. `before` are the people whom the text mentioned before it
 * was edited.
 */
export function withIds(text: string, people: readonly Mentionable[], before: readonly Mentionable[] = []): string {
  const ids = idsByWriting(people, before);
  // Longer names come first, so that "Ada Lovelace" is not taken for "Ada".
  const written = [...ids.keys()].toSorted((a, b) => b.length - a.length).map(escaped);
  if (written.length === 0) return text;
  const names = new RegExp(String.raw`(?<![\p{L}\p{N}_@-])@(${written.join('|')})(?![\p{L}\p{N}_])`, 'gu');
  return text.replaceAll(names, (whole, name: string) => {
    const id = ids.get(name);
    return id === undefined ? whole : `@${id}`;
  });
}

/** The most names that are looked up for one text. */
const most_asked = 10;
const words_of_name = /(?<![\p{L}\p{N}_@-])@(?=([\p{L}\p{N}.'’-]+)( [\p{L}\p{N}.'’-]+)?)/gu;

/**
 * Returns the search texts for the people whom a text may mention: the word after each `@`, and that word with the next
 * one.
 */
export const askedIn = (text: string): string[] => {
  const asked = Array.from(text.matchAll(words_of_name), ([, word = '', next = '']) => [word, word + next]);
  return [...new Set(asked.flat())].slice(0, most_asked);
};

/** A mention that is being typed, and its position in the text. */
export interface Fragment {
  text: string;
  start: number;
  end: number;
}

/** A name that is being typed has at most two words. */
const being_typed = /(?<![\p{L}\p{N}_@-])@([\p{L}\p{N}.'’-]*(?: [\p{L}\p{N}.'’-]+)?)$/u;

/** Returns the mention that is being typed at the caret; undefined if there is none. */
export function fragmentAt(text: string, caret: number): Fragment | undefined {
  const before = text.slice(Math.max(0, caret - 60), caret);
  const typed = being_typed.exec(before)?.[1];
  return typed === undefined ? undefined : { text: typed, start: caret - typed.length - 1, end: caret };
}
