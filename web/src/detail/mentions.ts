/** Somebody who can be mentioned. */
export interface Mentionable {
  user_id: string;
  name: string;
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

/** A text with ids in place of names, as the server finds mentions in it. A name that several people have stays a name. */
export function withIds(text: string, people: readonly Mentionable[]): string {
  const ids = new Map<string, string | undefined>();
  for (const { name, user_id } of people) {
    const other = ids.get(name);
    ids.set(name, ids.has(name) && other !== user_id ? undefined : user_id);
  }
  // The longer name first: Ada Lovelace is not Ada.
  const names = [...ids.keys()].filter((name) => name !== '').toSorted((a, b) => b.length - a.length);
  if (names.length === 0) return text;
  const written = new RegExp(String.raw`(?<![\p{L}\p{N}_@-])@(${names.map(escaped).join('|')})(?![\p{L}\p{N}_])`, 'gu');
  return text.replaceAll(written, (whole, name: string) => {
    const id = ids.get(name);
    return id === undefined ? whole : `@${id}`;
  });
}

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
