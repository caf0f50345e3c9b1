import { describe, expect, test } from 'vitest';
import { available, bind, type Command, commands, run } from './registry.ts';
import { inTheWay } from './remap.ts';

const all = Object.values(commands);

/**
 * Returns the pairs of commands that share a key and may work at the same time: in one section, or with one of them
 * everywhere.
 */
function clashes(of: readonly Command[]): string[] {
  return of.flatMap((one, index) =>
    of
      .slice(index + 1)
      .filter(({ keys, section }) => {
        const together = section === one.section || [section, one.section].includes('everywhere');
        return together && inTheWay(keys, one.keys);
      })
      .map((other) => `${one.name()} and ${other.name()}: ${other.keys}`),
  );
}

describe('the commands', () => {
  test('have unique names', () => {
    const names = all.map(({ name }) => name());
    expect(names.filter((name, index) => name === '' || names.indexOf(name) !== index)).toEqual([]);
  });

  test('have unique keys where they work at the same time', () => {
    expect(clashes(all)).toEqual([]);
    const twice: Command = { section: 'ticket', name: () => 'another', keys: 'c' };
    expect(clashes([...all, twice])).toEqual(['New ticket and another: c']);
    const begun: Command = { section: 'everywhere', name: () => 'another', keys: 'g' };
    expect(clashes([...all, begun])).toContain('Go to the list and another: g');
  });

  test('use no key of the browser, of screen readers or of keyboard layouts', () => {
    // Mod+a is used only in lists, where it selects all rows, as it does in a text.
    const taken = /^(F\d+|Backspace|Insert|CapsLock)$|Alt|Ctrl|Meta|Mod\+(?!k$|a$|Enter$)/;
    const keys = all.flatMap(({ keys: given }) => given?.split(' ') ?? []);
    expect(keys.length).toBeGreaterThan(5);
    expect(keys.filter((key) => taken.test(key))).toEqual([]);
    expect(['Mod+s', 'Alt+ArrowLeft', 'F5', 'Backspace'].filter((key) => !taken.test(key))).toEqual([]);
  });
});

describe('a command', () => {
  test('runs its latest binding while that exists', () => {
    const done: string[] = [];
    const unbindPage = bind({ create: () => void done.push('page') });
    const unbindPart = bind({ create: () => void done.push('part') });
    expect(run('create')).toBe(true);
    unbindPart();
    run('create');
    unbindPage();
    expect(run('create')).toBe(false);
    expect(done).toEqual(['part', 'page']);
  });

  test('runs an earlier binding if its latest one is not available', () => {
    const done: string[] = [];
    const unbind = [
      bind({ create: () => void done.push('page') }),
      bind({ create: { run: () => void done.push('part'), available: () => false } }),
    ];
    expect(available()).toEqual(['create']);
    run('create');
    for (const one of unbind) one();
    expect(done).toEqual(['page']);
    expect(available()).toEqual([]);
  });
});
