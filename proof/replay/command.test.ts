import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inWords, urlOfSettings } from './command.ts';
import { replayCommand } from './replay-command.ts';

const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-replay-'));
afterAll(() => rmSync(dir, { recursive: true }));

const sample = path.resolve(import.meta.dirname, 'sample/jqueryui-replay.ndjson.gz');
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(path.join(dir, name), content);
  return path.join(dir, name);
};

const garbage = file('garbage-replay.ndjson', 'no operation\n{"op":"dance"}\n');
const cut_line = file('cut-replay.ndjson', '{"op":"create","ticket":"T-1","by":"ada","set":{}}\n{"op":"chan');
const cut_gzip = file('cut-replay.ndjson.gz', readFileSync(sample).subarray(0, 20_000));
const damaged = file('damaged-replay.ndjson.gz', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(500, 7)]));
const of_garbage = file(
  'sound-replay.ndjson',
  '{"op":"create","ticket":"T-1","at":"2020-01-01T00:00:00Z","by":"ada","set":{}}\n',
);
const garbage_tickets = file('sound-tickets.ndjson', 'no ticket\n{"op":"dance"}\n');
const missing = path.join(dir, 'missing-replay.ndjson');

test.each([
  ['a file without an operation', [garbage], `${garbage}: no line of this file is an operation.`],
  ['a tickets file without tickets', [of_garbage], `${garbage_tickets}: no line of this file is a ticket.`],
  ['a file cut within a line', [cut_line], `${cut_line}: the file ends in the middle of line 2. It was cut off.`],
  ['a gzip file cut off', [cut_gzip], `${cut_gzip}: the gzip file ends too early. It was cut off.`],
  ['a damaged gzip file', [damaged], `${damaged}: the gzip file is damaged.`],
  ['a missing file', [missing], `${missing}: there is no such file.`],
  ['a folder', [dir], `${dir}: this is a folder.`],
  [
    'a number of clients that is not a number',
    ['--clients', 'abc'],
    '--clients must be a whole number from 1 to 256, not "abc".',
  ],
  ['zero clients', ['--clients', '0'], '--clients must be a whole number from 1 to 256, not "0".'],
  ['a fraction of a ticket', ['--limit-tickets', '0.5'], '--limit-tickets must be a whole number'],
  ['an invalid URL', ['--url', 'localhost'], '--url must be the URL of a server'],
  ['a server that is not running', ['--url', 'http://127.0.0.1:1'], 'No server is ready at http://127.0.0.1:1 ('],
  ['an unknown option', ['--client', '7'], "Unknown option '--client'"],
])('replay refuses %s with one line', async (_, args, says) => {
  const words = inWords(await replayCommand(args).catch((error: unknown) => error));
  expect(words).toContain(says);
  expect(words?.split('\n')).toHaveLength(1);
});

test.each([
  ['an unreadable file', 1, [missing], `${missing}: there is no such file.\n`],
  ['a wrong option', 2, ['--clients', '0'], '--clients must be a whole number from 1 to 256, not "0".\n'],
])('replay reports %s only on stderr, and exits with %i', (_, code, args, says) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(import.meta.dirname, 'main.ts'), ...args], {
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: code, stdout: '', stderr: says });
});

test.each([
  [{}, 'http://127.0.0.1:3000'],
  [{ HOST: '', PORT: '' }, 'http://127.0.0.1:3000'],
  [{ PORT: '4000' }, 'http://127.0.0.1:4000'],
  [{ HOST: '0.0.0.0', PORT: '4000' }, 'http://127.0.0.1:4000'],
  [{ HOST: '::' }, 'http://[::1]:3000'],
  [{ HOST: '10.0.0.5' }, 'http://10.0.0.5:3000'],
])('without --url, demo uses the server of the settings: %j means %s', (settings, url) => {
  expect(urlOfSettings(settings)).toBe(url);
});

test.each([
  ['not a number', 'abc', 'PORT must be a whole number from 0 to 65535.'],
  [
    '0, so that the system chooses,',
    '0',
    'With PORT 0 the system chooses the port: name the server’s address with --url.',
  ],
])('a PORT that is %s is refused with one line', (_, PORT, says) => {
  const words = (() => {
    try {
      return urlOfSettings({ PORT });
    } catch (error) {
      return inWords(error);
    }
  })();
  expect(words).toBe(says);
});

test('demo names the address that it tried, and --url, if no server runs there', async () => {
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as AddressInfo;
  gone.close();
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(import.meta.dirname, 'demo.ts')], {
    encoding: 'utf8',
    env: { ...process.env, BATON_ENV_FILE: file('demo.env', `PORT=${port}\n`), HOST: '', PORT: undefined },
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toBe(
    `No server is ready at http://127.0.0.1:${port} (get_readyz: no response: fetch failed (ECONNREFUSED)). ` +
      'Start it with npm start, or name its address with --url.\n',
  );
});
