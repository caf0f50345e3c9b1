import { readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { collect, writeSource } from '../../../proof/replay/fixture.ts';
import { Report } from './report.ts';
import { readOperations, readTickets, ticketsFileBeside } from './source.ts';

const change = { at: '2020-01-01T00:00:00Z', op: 'change', ticket: 'X-1', by: 'ann', set: { Status: ['A', 'B'] } };

async function read(path: string) {
  const report = new Report();
  return { operations: await collect(readOperations(path, report)), report };
}

test.each([true, false])('operations are read in file order (gzip: %s)', async (gzip) => {
  const { operations } = await read(writeSource({ operations: [change, { ...change, ticket: 'X-2' }], gzip }));
  expect(operations.map(({ ticket }) => ticket)).toEqual(['X-1', 'X-2']);
  expect(operations[0]?.set.get('Status')).toEqual({ from: 'A', to: 'B' });
});

test('a gzipped file is recognised by its bytes, not by its name', async () => {
  const zipped = writeSource({ operations: [change], gzip: true });
  const renamed = zipped.replace(/\.gz$/, '');
  renameSync(zipped, renamed);
  expect((await read(renamed)).operations).toHaveLength(1);
});

test('a truncated file is refused', async () => {
  const path = writeSource({ operations: [change], gzip: true });
  truncateSync(path, 40);
  await expect(read(path)).rejects.toThrow(`${path}: the gzip file ends too early. It was cut off.`);
});

test('a file that is not in UTF-8 is refused, and a byte order mark is skipped', async () => {
  const jorg = { ...change, by: 'Jörg' };
  const path = writeSource({ operations: [jorg, jorg] });
  const bytes = readFileSync(path);
  writeFileSync(path, Buffer.concat([Buffer.from('\ufeff'), bytes]));
  const { operations, report } = await read(path);
  expect(operations.map(({ by }) => by)).toEqual(['Jörg', 'Jörg']);
  expect(report.lines()).toEqual([]);

  for (const encoding of ['latin1', 'utf16le'] as const) {
    writeFileSync(path, Buffer.from(`\ufeff${bytes.toString()}`, encoding));
    await expect(read(path)).rejects.toThrow(`${path}: the file is not in UTF-8. Convert it first.`);
  }
  const within_a_character = bytes.lastIndexOf('ö') + 1;
  writeFileSync(path, bytes.subarray(0, within_a_character));
  await expect(read(path)).rejects.toThrow(`${path}: the file ends in the middle of line 2. It was cut off.`);
});

test('a line may contain anything that JSON may, including line separators and long texts', async () => {
  const value = `a\u2028b\u2029c😀${'x'.repeat(300_000)}`;
  const line = JSON.stringify({ ...change, set: { description: [null, value] } });
  expect(line).toContain('\u2028');
  const { operations, report } = await read(writeSource({ operations: [line, change] }));
  expect(operations[0]?.set.get('description')?.to).toBe(value);
  expect(operations).toHaveLength(2);
  expect(report.lines()).toEqual([]);
});

test('lines that are no operation are reported and skipped; empty lines and CR are ignored', async () => {
  const lines = [
    '{"at": cut',
    '[]',
    'null',
    '',
    '{"op":"merge","ticket":"X-1"}',
    '{"op":"change"}',
    `${JSON.stringify(change)}\r`,
  ];
  const { operations, report } = await read(writeSource({ operations: lines }));
  expect(operations).toHaveLength(1);
  expect(report.count('unreadable_line')).toBe(5);
});

test('values of any kind become one text, and empty ones become null', async () => {
  const set = {
    title: ' ',
    points: 3,
    flag: [false, true],
    tags: ['a', 'b'],
    list: [null, 'x'],
    status: 'New',
    map: { a: 1 },
  };
  const { operations } = await read(writeSource({ operations: [{ ...change, op: 'create', by: '', set }] }));
  const to = Object.fromEntries([...(operations[0]?.set ?? [])].map(([field, { to }]) => [field, to]));
  expect(to).toEqual({
    title: null,
    points: '3',
    flag: 'false true',
    tags: 'a b',
    list: 'x',
    status: 'New',
    map: '{"a":1}',
  });
  expect(operations[0]?.by).toBeNull();
});

test('tickets have their texts and the last value of every other field', async () => {
  const row = {
    id: 7,
    title: 'T',
    description: null,
    status: 'Shut',
    tags: ['a', 'b'],
    closed_at: 'x',
    history: [{}],
    comments: [{ body: 'hi' }, 3],
  };
  const path = ticketsFileBeside(writeSource({ operations: [], tickets: [row] })) ?? '';
  const [ticket] = await collect(readTickets(path, new Report()));
  expect(ticket).toEqual({
    id: '7',
    title: 'T',
    description: null,
    reporter: null,
    facts: new Map([
      ['status', 'Shut'],
      ['tags', 'a b'],
    ]),
    comments: [{ at: '', by: null, body: 'hi' }],
  });
});

test('the tickets file beside the replay file is found if it exists', () => {
  expect(ticketsFileBeside(writeSource({ operations: [], tickets: [], gzip: true }))).toMatch(
    /other-tickets\.ndjson\.gz$/,
  );
  expect(ticketsFileBeside(writeSource({ operations: [] }))).toBeUndefined();
});
