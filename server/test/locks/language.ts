import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** A line of a page, or a string of the code, and where it starts. */
export interface Prose {
  file: string;
  line: number;
  text: string;
}

interface Word {
  better: string;
  banned: string;
  matches: RegExp;
}

/** The words of docs/style.md: one for each word of the table's second column. */
export function wordList(): Word[] {
  const rows = [...read('docs/style.md').matchAll(/^\| (?!write )([^|\n]+) \| ([^|\n]+) \|/gm)];
  return rows.flatMap(([, better = '', list = '']) =>
    list.split(', ').map((banned) => {
      const letters = banned.replace('*', '[a-z]*').replace("'", "[’']");
      return { better, banned, matches: new RegExp(String.raw`\b${letters}\b`, 'i') };
    }),
  );
}

/** Each use of a banned word, with the better one. */
export function badWords(all: readonly Prose[]): string[] {
  const words = wordList();
  const any = new RegExp(words.map(({ matches }) => matches.source).join('|'), 'i');
  const suspicious = all.filter(({ text }) => any.test(text));
  return suspicious.flatMap(({ file, line, text }) =>
    words
      .filter(({ matches }) => matches.test(text))
      .map(({ better, banned }) => `${file}:${line} says “${banned}” for “${better}”: ${text.trim().slice(0, 120)}`),
  );
}

/** Removes code between backticks, the targets of links, and links named after their file. */
const withoutCode = (text: string) =>
  text
    .replace(/`[^`]+`/g, '`…`')
    .replace(/\]\([^)]*\)/g, '](…)')
    .replace(/\[[\w/.-]+\.ts\]/g, '[…]');

/** The lines of a page, without its blocks of code. */
export function proseOfPage(file: string, text: string): Prose[] {
  const lines = text.split('\n').map((line, index) => ({ file, line: index + 1, text: withoutCode(line) }));
  let in_code = false;
  return lines.filter(({ text: line }) => {
    if (line.startsWith('```')) in_code = !in_code;
    return !in_code;
  });
}

// SQL without the tag, and source text that a broken build replaces.
const code = /\b(insert into|update \w+ set|delete from|select .+ from)\b|===|<=|>=|=>|;$/s;

/** The strings of several words in a source: titles, messages, descriptions. */
export function proseOfSource(file: string, source: string): Prose[] {
  const found: Prose[] = [];
  const ends = [...source.matchAll(/\n|$/g)].map(({ index }) => index);
  const keep = (start: number, text: string) => {
    if (!/\S\s+\S/.test(text) || code.test(text)) return;
    found.push({ file, line: ends.findIndex((end) => end >= start) + 1, text: withoutCode(text) });
  };
  const tagged = new Set<number>();
  new Visitor({
    TaggedTemplateExpression: ({ quasi }) => tagged.add(quasi.start),
    Literal: ({ start, value }) => {
      if (typeof value === 'string') keep(start, value);
    },
    TemplateLiteral: ({ start, quasis }) => {
      if (!tagged.has(start)) keep(start, quasis.map(({ value }) => value.cooked ?? '').join('…'));
    },
  }).visit(parseSync(file, source).program);
  return found;
}

/** The descriptions, summaries and titles of the API's reference. */
function proseOfReference(file: string): Prose[] {
  const lines = read(file)
    .split('\n')
    .map((line, index) => ({ file, line: index + 1, text: withoutCode(line) }));
  return lines.filter(({ text }) => /^\s*"(description|summary|title)": /.test(text));
}

function files(...patterns: string[]): string[] {
  const all = globSync(patterns, { cwd: root, exclude: ['**/node_modules', 'web/dist'] });
  return all.map((file) => file.replaceAll(path.sep, '/'));
}

// Generated, or with banned words on purpose.
const unread = new Set(['sdk/generated.ts', 'server/test/locks/language.test.ts']);
// Decisions and the changelog are records. The sentences of docs/proof.md come from proof/prove, which is read.
const records = new Set(['CHANGELOG.md', 'docs/proof.md', 'docs/style.md']);

/** The texts of Baton that people read: documents, the reference, and strings of the code. */
export function publicProse(): Prose[] {
  const pages = files('*.md', 'docs/*.md', 'sdk/*.md', 'proof/**/*.md').filter((file) => !records.has(file));
  const sources = files('{server,sdk,proof,scripts,bin,web}/**/*.{ts,tsx,js}').filter((file) => !unread.has(file));
  return [
    ...pages.flatMap((file) => proseOfPage(file, read(file))),
    ...sources.flatMap((file) => proseOfSource(file, read(file))),
    ...proseOfReference('server/openapi.json'),
  ];
}
