import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepDelivering } from '../../../proof/harness/deliveries.ts';
import { freePort } from '../../../proof/harness/served.ts';
import { startServer, test_environment, type TestServer } from '../../../proof/harness/server.ts';
import { isAsPrinted, runAll, runnable, stepsOf, type Text } from '../../../proof/harness/walk.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../../..');
const read = (page: string) => readFileSync(path.join(root, page), 'utf8');

let server: TestServer;
let worker: ReturnType<typeof keepDelivering>;
let witness_port: number;
beforeAll(async () => {
  server = await startServer({ BATON_WEBHOOK_PRIVATE: 'on' });
  witness_port = await freePort();
  worker = keepDelivering(server);
});
afterAll(async () => {
  await worker.stop();
  await server.stop();
});

const pages = [
  'workflows',
  'retries',
  'tokens',
  'members',
  'events',
  'webhooks',
  'comments',
  'attachments',
  'notifications',
  'views',
  'audit',
  'analytics',
  'bulk',
].map((page) => `docs/${page}.md`);

describe.each(['README.md', ...pages])('the walk of %s', (page) => {
  let answers: string[];
  const steps = stepsOf(read(page));
  const commands = (url: string) =>
    steps.map(({ command }) =>
      command.replaceAll('http://127.0.0.1:3000', url).replaceAll(/\b3002\b/g, String(witness_port)),
    );
  // The operator's commands have the server's settings.
  const env = () => ({ ...process.env, ...test_environment, DATABASE_URL: server.database.url });

  /**
   * Runs the page's commands in a temporary folder, so that they write nothing into the project. It has the files that
   * the page shows, or else links to the project's.
   */
  const walk = async () => {
    const files = runnable(read(page)).filter((one) => 'kind' in one && one.kind === 'file') as Text[];
    const cwd = mkdtempSync(path.join(os.tmpdir(), 'baton-walk-'));
    for (const { to, text } of files) writeFileSync(path.join(cwd, to), text);
    if (files.length === 0)
      for (const name of readdirSync(root)) symlinkSync(path.join(root, name), path.join(cwd, name));
    const printed = await runAll(commands(server.url), { cwd, env: env() });
    rmSync(cwd, { recursive: true });
    return printed;
  };

  beforeAll(async () => {
    answers = await walk();
  });

  test('has many commands, all of which ran', () => {
    expect(steps.length).toBeGreaterThan(10);
    expect(answers.length).toBe(steps.length + 1);
  });

  test.each(steps.map((step, index) => ({ ...step, index })))('$command', ({ index, answer }) => {
    const given = answers[index] ?? 'nothing';
    expect(isAsPrinted(given, answer) ? answer : given).toBe(answer);
  });

  // Readers who follow a page twice, or two pages on one server, meet what the first walk created.
  test('works a second time, except that the account already exists', async () => {
    const again = await walk();
    const unlike = steps.flatMap(({ command, answer }, index) =>
      isAsPrinted(again[index] ?? 'nothing', answer) ? [] : [command],
    );
    expect(unlike).toEqual([expect.stringContaining('auth/register')]);
  });

  test('control: a response other than the printed one is noticed', () => {
    expect(isAsPrinted('{"id":"x","key":"ENG-2"}', '{"id":"…","key":"ENG-1"}')).toBe(false);
    expect(isAsPrinted('{"id":"x","key":"ENG-1"}', '{"id":"…","key":"ENG-1"}')).toBe(true);
  });
});

describe('the page of the audit log', () => {
  const page = read('docs/audit.md');

  test('names the setting, not the default, with which its walk prints what it shows', () => {
    expect(page).toContain(`BATON_AUDIT_INTERVAL_S=${test_environment.BATON_AUDIT_INTERVAL_S} npm start`);
  });

  test('exports with loops that end when a request fails', async () => {
    const loops = stepsOf(page).filter(({ command }) => command.startsWith('until grep'));
    expect(loops).toHaveLength(2);
    const api = stepsOf(page).find(({ command }) => command.startsWith('api()'))?.command ?? '';
    const cwd = mkdtempSync(path.join(os.tmpdir(), 'baton-loops-'));
    writeFileSync(path.join(cwd, 'export.ndjson'), '');
    for (const W of [`${server.url}/v1/workspaces/none`, 'http://127.0.0.1:1']) {
      for (const { command } of loops) {
        const ended = run('bash', ['-c', `${api}\n${command}`], { cwd, timeout: 10_000, env: { ...process.env, W } });
        await expect(ended).resolves.toMatchObject({ stderr: expect.stringContaining('curl: ') });
      }
    }
    expect(readFileSync(path.join(cwd, 'export.ndjson'), 'utf8')).toBe('');
    rmSync(cwd, { recursive: true });
  });
});
