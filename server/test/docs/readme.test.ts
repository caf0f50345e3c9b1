import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../proof/harness/served.ts';
import { keepNumbering } from '../../../proof/harness/events.ts';
import { startServer, test_environment, type TestServer } from '../../../proof/harness/server.ts';
import { isAsPrinted, runAll, stepsOf } from '../../../proof/harness/walk.ts';

const read = (page: string) => readFileSync(path.resolve(import.meta.dirname, '../../..', page), 'utf8');

let server: TestServer;
let numbering: ReturnType<typeof keepNumbering>;
let witness_port: number;
beforeAll(async () => {
  server = await startServer();
  witness_port = await freePort();
  numbering = keepNumbering(server.database.url);
});
afterAll(async () => {
  await numbering.stop();
  await server.stop();
});

const pages = ['README.md', ...['workflows', 'retries', 'tokens', 'events', 'audit', 'analytics'].map((page) => `docs/${page}.md`)];

describe.each(pages)('the walk of %s', (page) => {
  let answers: string[];
  const steps = stepsOf(read(page));
  const commands = (url: string) =>
    steps.map(({ command }) =>
      command.replaceAll('http://127.0.0.1:3000', url).replaceAll(/\b3002\b/g, String(witness_port)),
    );
  // The operator's commands have the server's settings.
  const env = () => ({ ...process.env, ...test_environment, DATABASE_URL: server.database.url });

  beforeAll(async () => {
    answers = await runAll(commands(server.url), { env: env() });
  });

  test('has many commands, all of which ran', () => {
    expect(steps.length).toBeGreaterThan(10);
    expect(answers.length).toBe(steps.length + 1);
  });

  test.each(steps.map((step, index) => ({ ...step, index })))('$command', ({ index, answer }) => {
    const given = answers[index] ?? 'nothing';
    expect(isAsPrinted(given, answer) ? answer : given).toBe(answer);
  });

  // Those who read a page twice, or two pages on one server, meet what the first walk left.
  test('works a second time, when the account is there already', async () => {
    const again = await runAll(commands(server.url), { env: env() });
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
