import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { environment } from '../../src/config.ts';
import { upkeep } from '../../src/upkeep/catalogue.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/operating.md'), 'utf8');

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
  test('lists every setting with its default, and no other', () => {
    const documented = rowsOf('setting').flatMap(([names = '', defaults = '']) => {
      const values = defaults.split(', ');
      return names.split(', ').map((name, i) => [name.replaceAll('`', ''), values[i]?.replaceAll('`', '') ?? '']);
    });
    const stated = new Map(documented.map(([name = '', value = '']) => [name, value.split(/[ ;]/)[0]]));
    expect([...stated.keys()].toSorted()).toEqual(Object.keys(environment.shape).toSorted());
    for (const [name, kind] of Object.entries(environment.shape)) {
      const value = kind.parse(undefined);
      if (value === undefined) continue; // none, or in words where it comes from
      const written = Array.isArray(value) && value.length === 0 ? 'none' : path.basename(String(value));
      expect([name, stated.get(name)]).toEqual([name, written]);
    }
  });

  test('lists every task of upkeep, and the cleanups after a removal', () => {
    const tasks = rowsOf('task').map(([name = '']) => name.replaceAll('`', ''));
    expect(tasks.toSorted()).toEqual(
      [
        ...Object.keys(upkeep),
        'membership_cleanups',
        'events',
        'event_trees',
        'notifier',
        'mail',
        'webhook_deliveries',
      ].toSorted(),
    );
  });
});
