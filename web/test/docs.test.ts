import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { startServer } from '../../proof/harness/server.ts';
import { isAsPrinted, runAll, stepsOf } from '../../proof/harness/walk.ts';
import { shownKeys } from '../src/commands/keys.ts';
import { type Command, commands, type Section } from '../src/commands/registry.ts';
import { builtConsole } from './consoles.ts';

const docs = path.resolve(import.meta.dirname, '../../docs');
const page = readFileSync(path.join(docs, 'console.md'), 'utf8');

const where: Record<Section, string> = {
  everywhere: 'everywhere',
  inbox: 'in the inbox',
  lists: 'on boards and in lists',
  ticket: 'a ticket, or the selected',
  writing: 'while writing',
};

describe('docs/console.md', () => {
  test('lists exactly the keys of the console', () => {
    const all: Command[] = Object.values(commands);
    const rows = all.flatMap(({ keys, name, section }) =>
      keys === undefined ? [] : [`| \`${shownKeys(keys, false)}\` | ${name()} | ${where[section]} |`],
    );
    const shown = page.split('\n').filter((line) => /^\| `[^`]+` \| [^|]+ \| [^|]+ \|$/.test(line));
    expect(shown).toEqual(rows);
  });

  test('shows exactly the pictures of its folder, which have less than 1.5 MB together', () => {
    const named = [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, file = '']) => file);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((file) => !existsSync(path.join(docs, file)))).toEqual([]);
    const there = globSync('pictures/*', { cwd: docs }).map((file) => file.replaceAll(path.sep, '/'));
    expect(there.toSorted()).toEqual(named.toSorted());
    const bytes = there.reduce((sum, file) => sum + statSync(path.join(docs, file)).size, 0);
    expect(bytes).toBeLessThan(1_500_000);
  });

  test('names only scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(docs, '../package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...page.matchAll(/^npm (?:run )?([\w:-]+)/gm)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('prints the responses that its commands really return', { timeout: 120_000 }, async () => {
    const server = await startServer({}, { console_dir: await builtConsole() });
    try {
      const steps = stepsOf(page);
      expect(steps.length).toBeGreaterThan(2);
      const printed = await runAll(steps.map(({ command }) => command.replaceAll('http://127.0.0.1:3000', server.url)));
      const unlike = steps.filter(({ answer }, index) => !isAsPrinted(printed[index] ?? 'nothing', answer));
      expect(unlike).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});
