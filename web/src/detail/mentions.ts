/** Somebody who can be mentioned. */
export interface Mentionable {
  user_id: string;
  name: string;
  email: string | null;
}

const id_form = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** As the server finds mentions: `@` and an id, as a word of its own. */
const mention = new RegExp(String.raw`(?<![\w@-])@(${id_form})(?![\w-])`, 'gi');

/** The ids that a text mentions. */
export const mentionedIn = (text: string): string[] => [
  ...new Set(Array.from(text.matchAll(mention), ([, id = '']) => id.toLowerCase())),
];

/** A text with names in place of ids, as people write and read it. Whom nobody knows keeps the id. */
export const withNames = (text: string, nameOf: (id: string) => string | undefined): string =>
  text.replaceAll(mention, (whole, id: string) => {
    const name = nameOf(id.toLowerCase());
    return name === undefined ? whole : `@${name}`;
  });

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const withAddress = ({ name, email }: Mentionable) => (email === null ? name : `${name} (${email})`);

/** How somebody is mentioned in what is typed: with the address where others have the same name. */
export const writtenAs = (person: Mentionable, people: readonly Mentionable[]): string =>
  people.some(({ name, user_id }) => name === person.name && user_id !== person.user_id)
    ? withAddress(person)
    : person.name;

/** Who is meant by how people are mentioned: of several with one name the one who was mentioned before, or nobody. */
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

/** A text with ids in place of names, as the server finds mentions in it. `before`: whom it mentioned before it was edited. */
export function withIds(text: string, people: readonly Mentionable[], before: readonly Mentionable[] = []): string {
  const ids = idsByWriting(people, before);
  // The longer one first: Ada Lovelace is not Ada.
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

/** What to look people up by, whom a text may mention: the word behind each `@`, and that with the next. */
export const askedIn = (text: string): string[] => {
  const asked = Array.from(text.matchAll(words_of_name), ([, word = '', next = '']) => [word, word + next]);
  return [...new Set(asked.flat())].slice(0, most_asked);
};

const special = /[\\`*_{}[\]()#+.!|<>~-]/g;

/** A text with its mentions as Markdown has them: a name in bold, whatever letters it has. */
export const asMarkdown = (text: string, nameOf: (id: string) => string | undefined): string =>
  text.replaceAll(mention, (whole, id: string) => {
    const name = nameOf(id.toLowerCase());
    return name === undefined ? whole : `**@${name.replaceAll(special, String.raw`\$&`)}**`;
  });

/** What is being typed after an `@`, and where it stands. */
export interface Fragment {
  text: string;
  start: number;
  end: number;
}

/** As much of a name as is typed before somebody is chosen: two words. */
const being_typed = /(?<![\p{L}\p{N}_@-])@([\p{L}\p{N}.'’-]*(?: [\p{L}\p{N}.'’-]+)?)$/u;

/** What stands after an `@` before the caret; undefined where there is none. */
export function fragmentAt(text: string, caret: number): Fragment | undefined {
  const before = text.slice(Math.max(0, caret - 60), caret);
  const typed = being_typed.exec(before)?.[1];
  return typed === undefined ? undefined : { text: typed, start: caret - typed.length - 1, end: caret };
}
