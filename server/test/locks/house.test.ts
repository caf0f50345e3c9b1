import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { forgetsFormerMembers, unscopedTables } from '../../../proof/harness/statements.ts';
import { circles, houseViolations, lockedTables, sources } from './house.ts';
import { undecidedTables, unrecordedWrites } from './recording.ts';
import { exceptions, functionSizes, longest_file, longest_function, sizes, usual_file } from './house-sizes.ts';

describe('the server', () => {
  test('follows the house rules about what may be in which folder', () => {
    const all = sources();
    expect(all.length).toBeGreaterThan(40);
    expect(houseViolations(all)).toEqual([]);
  });

  test('has tests in the folder of every domain except the reference, which the contract test covers', () => {
    const root = path.resolve(import.meta.dirname, '../../src');
    const domains = readdirSync(root).filter((folder) => existsSync(path.join(root, folder, 'routes.ts')));
    expect(domains.length).toBeGreaterThan(10);
    const untested = domains.filter(
      (domain) => !readdirSync(path.join(root, domain)).some((file) => file.endsWith('.test.ts')),
    );
    expect(untested).toEqual(['reference']);
  });

  test.each([
    ['tickets/edit.ts', "import express from 'express';", 'uses Express outside of http/ and serving/'],
    ['tickets/edit.ts', 'process.env.X', 'reads process.env'],
    ['tickets/edit.ts', 'sql`select 1`', 'has a statement outside of the places for SQL'],
    ['tickets/queries.ts', 'sql`select clock_timestamp()`', 'uses what would not work with sharding'],
    ['tickets/edit.ts', 'client.query(`select ${x}`)', 'builds SQL from strings'],
    ['workspaces/member-queries.ts', 'sql`update tickets set a = 1`', "writes tickets, which isn't its folder's"],
    ['tickets/edit.ts', "new BatonError('rate_limited')", 'refuses by a limit without saying which'],
    ['tickets/contract.ts', "import { sql } from '../db/sql.ts';", 'imports server code into a contract'],
  ])('is noticed if it breaks a rule: %s with %s', (file, text, says) => {
    expect(houseViolations([{ file, text }])).toEqual([`${file} ${says}`]);
  });
});

describe('ARCHITECTURE', () => {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../../ARCHITECTURE.md'), 'utf8');

  test('lists every folder of the server', () => {
    const folders = new Set(sources().flatMap(({ file }) => /^(?!(?:lib|config)\/)(.+?)\//.exec(file)?.[1] ?? []));
    expect(folders.size).toBeGreaterThan(15);
    expect([...folders].filter((folder) => !new RegExp(`^ {4}${folder}/ `, 'm').test(text))).toEqual([]);
  });

  test('names every kind of row that a transaction waits for in its section on locks', () => {
    const section = /^## Locks$(.*?)^## /ms.exec(text)?.[1] ?? '';
    const locked = lockedTables(sources());
    expect(locked).toEqual(expect.arrayContaining(['comments', 'memberships']));
    expect(locked.filter((table) => !section.includes(table.replace(/s$/, '')))).toEqual([]);
    expect(
      lockedTables([
        { file: 'a.ts', text: 'tx.one(sql`select 1 from things t where ${writer.mayAct()} for no key update of t`' },
        { file: 'b.ts', text: 'tx.one(sql`select 1 from others where id = ${id} for update`' },
        { file: 'c.ts', text: 'tx.one(sql`select 1 from skipped s for update of s skip locked`' },
        { file: 'd.ts', text: 'tx.settle(sql`select 1 from settled s for update of s`' },
      ]),
    ).toEqual(['others', 'things']);
  });
});

describe('a function that writes a logged table', () => {
  test('is recognised, because recording.ts says of every table whether its changes are logged', () => {
    expect(undecidedTables()).toEqual([]);
    expect(undecidedTables(['tickets', 'watchers', 'things'])).toEqual(['things']);
  });

  test('records the write, or all its callers do', () => {
    expect(unrecordedWrites(sources())).toEqual([]);
  });

  test('is found if its parameters take several lines', () => {
    const text =
      'export async function renameIt({\n  tx,\n}: Context) {\n  await updateThing(tx);\n  recordAudit(tx);\n}\n';
    const queries = 'export function updateThing(tx: Tx) {\n  tx.send(sql`update webhooks set state = 1`);\n}\n';
    const found = unrecordedWrites([
      { file: 'a/queries.ts', text: queries },
      { file: 'a/change.ts', text },
    ]);
    expect(found).toEqual([]);
  });

  test.each([
    'export async function renameIt(tx: Tx): Promise<void> {\n  await updateProject(tx);\n}\n',
    'export const renameIt = (tx: Tx) => {\n  updateProject(tx);\n};\n',
    'export async function renameIt({\n  tx,\n}: Context): Promise<void> {\n  await updateProject(tx);\n}\n',
    'const short = (tx: Tx) => 1;\n\nexport async function renameIt(tx: Tx): Promise<void> {\n  await updateProject(tx);\n}\n\nshort(tx);\n',
    'function renameIt(tx: Tx) {\n  updateProject(tx);\n}\nexport function through(tx: Tx) {\n  renameIt(tx);\n}\n',
    'export function stateIt(tx: Tx) {\n  tx.send(sql`update webhooks set state = 1`);\n}\n',
  ])('is reported if nothing records it: %j', (text) => {
    expect(unrecordedWrites([...sources(), { file: 'projects/new.ts', text }])).toHaveLength(1);
  });
});

test('folders do not import each other, except for two pairs', () => {
  // An invitation may create an account; replacing a workflow also moves tickets whose status it removes.
  expect(circles(sources()).sort()).toEqual(['accounts and workspaces', 'projects and tickets']);
  expect(
    circles([
      { file: 'a/x.ts', text: "from '../b/y.ts'" },
      { file: 'b/y.ts', text: "from '../a/x.ts'" },
    ]),
  ).toEqual(['a and b']);
});

describe('sources', () => {
  const { files, functions } = sizes();

  test(`have at most ${longest_file} lines per file and ${longest_function} per function, except for the listed ones`, () => {
    const long = [
      ...files.filter(({ lines }) => lines > longest_file),
      ...functions.filter(({ lines }) => lines > longest_function),
    ];
    expect(long.map(({ what }) => what).sort()).toEqual(Object.keys(exceptions).sort());
  });

  test(`have at most ${usual_file} lines in nine of ten files`, () => {
    const long = files.filter(({ lines }) => lines > usual_file);
    expect(long.length).toBeLessThan(files.length / 10);
  });

  test('with a long function are reported by its name or the first words of its title, even within a group of tests', () => {
    const long = `function long() {\n${'//\n'.repeat(longest_function)}}\n`;
    const grouped = `describe('x', () => {\n${long}test('one two three four five six', () => {\n${'//\n'.repeat(80)}});\n});\n`;
    expect(functionSizes('a.ts', grouped).filter(({ lines }) => lines > longest_function)).toEqual([
      { what: 'a.ts long', lines: longest_function + 2 },
      { what: 'a.ts one two three four five', lines: 82 },
    ]);
  });
});

describe('every tenant statement', () => {
  const tables = ['tickets', 'projects', 'memberships'];

  test.each([
    'select 1 from tickets t where t.id = $1',
    'select 1 from tickets t join projects p on p.id = t.project_id where t.workspace_id = $1',
    'update tickets set title = $1 where id = $2',
    'delete from memberships where user_id = $1',
  ])('is noticed if it does not filter by workspace: %s', (text) => {
    expect(unscopedTables(text, tables)).not.toEqual([]);
  });

  test('passes if it compares the workspace of each table', () => {
    const text = `select 1 from tickets t join projects p on p.workspace_id = t.workspace_id and p.id = t.project_id
      where t.workspace_id = $1`;
    expect(unscopedTables(text, tables)).toEqual([]);
  });
});

describe('every statement on memberships', () => {
  test.each([
    'select m.role from memberships m where m.workspace_id = $1',
    'update memberships set role = $1 where workspace_id = $2',
    'select 1 from tickets t join memberships m on m.user_id = t.assignee_id where t.workspace_id = $1',
  ])('is noticed if it does not say whether former members count: %s', (text) => {
    expect(forgetsFormerMembers(text)).toBe(true);
    expect(forgetsFormerMembers(`${text} and removed_at is null`)).toBe(false);
  });
});
