import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { environment } from '../../src/config.ts';
import { upkeep } from '../../src/upkeep/catalogue.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const page = readFileSync(path.join(root, 'docs/operating.md'), 'utf8');

/** The rows of the table that begins with this heading, cell by cell. */
function rowsOf(heading: string): string[][] {
  const [, table = ''] = page.split(`| ${heading} |`);
  const [lines = ''] = table.split('\n\n');
  return lines
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));
}

describe('docs/operating.md', () => {
  test('lists every setting with its default, and nothing else', () => {
    const documented = rowsOf('setting').flatMap(([names = '', defaults = '']) => {
      const values = defaults.split(', ');
      return names.split(', ').map((name, i) => [name.replaceAll('`', ''), values[i]?.replaceAll('`', '') ?? '']);
    });
    const stated = new Map(documented.map(([name = '', value = '']) => [name, value.split(/[ ;]/)[0]]));
    expect([...stated.keys()].toSorted()).toEqual(Object.keys(environment.shape).toSorted());
    for (const [name, kind] of Object.entries(environment.shape)) {
      const value = kind.parse(undefined);
      if (value === undefined) continue; // there is no default, or the page says in words where the value comes from
      const written = Array.isArray(value) && value.length === 0 ? 'none' : path.basename(String(value));
      expect([name, stated.get(name)]).toEqual([name, written]);
    }
  });

  test('lists the bounds of every setting that is a number', () => {
    const documented = rowsOf('setting').flatMap(([names = '', , bounds = '']) =>
      names.split(', ').map((name) => [name.replaceAll('`', ''), bounds]),
    );
    const bounds = Object.entries(environment.shape).map(([name, kind]) => {
      const says = kind.safeParse('x').error?.issues[0]?.message ?? '';
      return [name, /from (\d+ to \d+)\.$/.exec(says)?.[1] ?? ''];
    });
    expect(bounds.filter(([, one]) => one !== '').length).toBeGreaterThan(50);
    expect(documented.filter(([name]) => name !== 'HOST').toSorted()).toEqual(
      bounds.filter(([name]) => name !== 'HOST').toSorted(),
    );
  });

  test('names log lines as the code writes them', () => {
    const sources = globSync('server/src/**/*.ts', { cwd: root }).map((file) =>
      readFileSync(path.join(root, file), 'utf8'),
    );
    const lines = rowsOf('`msg`').map(([line = '']) => line.replaceAll('`', ''));
    expect(lines.length).toBeGreaterThan(8);
    // The code composes the lines about the sending of a mail.
    const parts = lines.flatMap((line) => /^worker: mail (failed|refused, and given up)$/.exec(line)?.[1] ?? line);
    expect(parts.filter((part) => !sources.some((source) => source.includes(`'${part}'`)))).toEqual([]);
  });

  test('lists every task of the worker', () => {
    const tasks = rowsOf('task').map(([name = '']) => name.replaceAll('`', ''));
    expect(tasks.toSorted()).toEqual(
      [
        ...Object.keys(upkeep),
        'attachments',
        'membership_cleanups',
        'events',
        'event_trees',
        'notifier',
        'mail',
        'notification-mail',
        'webhook_deliveries',
      ].toSorted(),
    );
  });
});
