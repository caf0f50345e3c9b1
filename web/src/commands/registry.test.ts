import { describe, expect, test } from 'vitest';
import { available, bind, type Command, commands, run } from './registry.ts';
import { inTheWay } from './remap.ts';

const all = Object.values(commands);

/** Pairs of commands with one key that may work at the same time: in one section, or one of them everywhere. */
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
  test('each have a name of their own', () => {
    const names = all.map(({ name }) => name());
    expect(names.filter((name, index) => name === '' || names.indexOf(name) !== index)).toEqual([]);
  });

  test('each have keys of their own where they work', () => {
    expect(clashes(all)).toEqual([]);
    const twice: Command = { section: 'ticket', name: () => 'another', keys: 'c' };
    expect(clashes([...all, twice])).toEqual(['New ticket and another: c']);
    const begun: Command = { section: 'everywhere', name: () => 'another', keys: 'g' };
    expect(clashes([...all, begun])).toContain('Go to the list and another: g');
  });

  test('take no key of the browser’s, a screen reader’s or a layout’s', () => {
    // Mod+a is taken in a list alone, where it selects all, as it does in a text.
    const taken = /^(F\d+|Backspace|Insert|CapsLock)$|Alt|Ctrl|Meta|Mod\+(?!k$|a$|Enter$)/;
    const keys = all.flatMap(({ keys: given }) => given?.split(' ') ?? []);
    expect(keys.length).toBeGreaterThan(5);
    expect(keys.filter((key) => taken.test(key))).toEqual([]);
    expect(['Mod+s', 'Alt+ArrowLeft', 'F5', 'Backspace'].filter((key) => !taken.test(key))).toEqual([]);
  });
});

describe('a command', () => {
  test('does what was bound last, as long as that is there', () => {
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

  test('that can’t be done now goes to who can', () => {
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
