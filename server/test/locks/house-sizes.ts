import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type ArrowFunctionExpression, type Function, parseSync, Visitor } from 'oxc-parser';

const root = path.resolve(import.meta.dirname, '../../..');

/** How many lines most files have at most, and how many all of them have at most. */
export const usual_file = 250;
export const longest_file = 400;
export const longest_function = 70;

// Generated files, and copies of releases.
const kept_as_is = /^sdk\/(generated\.ts$|releases\/)/;

/** Files and functions that may be longer, and why. */
export const exceptions: Record<string, string> = {
  'bin/verify-audit.ts': 'one file without imports, so that an auditor can take it along',
  'server/src/serving/serve.ts createServe': 'a closure instead of a class; no function in it is long',
  'server/src/db/upgrade.test.ts fill': 'rows of every table of the first version, as SQL',
  'server/test/locks/facts.test.ts every write that succeeds leaves': 'a call of every write, a line each',
  'proof/prove/tenancy/world.ts furnish': 'one of everything that a workspace may have, a line each',
  'proof/replay/replay.ts replay': 'the stages of a replay in order; a fifth of it are options',
  'web/src/api/stream.test.ts makeFeed': 'a feed that the test steers, as a closure',
  'web/src/detail/comment-card.tsx CommentCard': 'markup: a comment in each of its states',
  'web/src/detail/description-field.tsx DescriptionField': 'markup: a text in each of its states',
  'web/src/detail/fields.tsx Fields': 'markup: the fields of a ticket, one after the other',
  'web/src/detail/step-sheet.tsx StepSheet': 'markup: what a transition may require, one after the other',
  'web/src/detail/title-field.tsx TitleField': 'markup: a text in each of its states',
  'web/src/list/filter-bar.tsx FilterBar': 'markup: a menu for each filter',
  'web/src/list/rows.tsx Rows': 'markup: the list and its keyboard shortcuts',
  'sdk/compatibility/everything.ts useEverything': 'a call of every operation, in an order in which all succeed',
};

interface Size {
  /** The file, or the file and the function in it. */
  what: string;
  lines: number;
}

/** The functions of a source, without those that group tests. */
export function functionSizes(file: string, source: string): Size[] {
  const found: Size[] = [];
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length;
  const groups = new Set<number>();
  const names = new Map<number, string>();
  const measure = (node: Function | ArrowFunctionExpression) => {
    if (groups.has(node.start)) return;
    const name = node.id?.name ?? names.get(node.start) ?? `line ${lineAt(node.start)}`;
    found.push({ what: `${file} ${name}`, lines: lineAt(node.end) - lineAt(node.start) + 1 });
  };
  new Visitor({
    CallExpression: ({ callee, arguments: given }) => {
      const is_group = /^(?:describe|walks)\b/.test(source.slice(callee.start, callee.end));
      if (is_group) for (const { start } of given) groups.add(start);
      const [title, body] = given;
      if (title?.type !== 'Literal' || typeof title.value !== 'string' || body === undefined) return;
      names.set(body.start, title.value.split(' ', 5).join(' '));
    },
    VariableDeclarator: ({ id, init }) => {
      if (init && id.type === 'Identifier') names.set(init.start, id.name);
    },
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  }).visit(parseSync(file, source).program);
  return found;
}

/** Every source with its functions. */
export function sizes(): { files: Size[]; functions: Size[] } {
  const all = globSync('{server,sdk,proof,scripts,bin,web}/**/*.{ts,tsx,js}', {
    cwd: root,
    exclude: ['**/node_modules', '**/dist'],
  })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => !kept_as_is.test(file))
    .map((file) => ({ file, source: readFileSync(path.join(root, file), 'utf8') }));
  return {
    files: all.map(({ file, source }) => ({ what: file, lines: source.split('\n').length - 1 })),
    functions: all.flatMap(({ file, source }) => functionSizes(file, source)),
  };
}
