import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../harness/server.ts';

const readme = readFileSync(path.resolve(import.meta.dirname, '../../../README.md'), 'utf8');

interface Step {
  command: string;
  answer: string;
}

/** The commands of the console blocks, each with what the page says it answers. */
function stepsOf(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(/^```console\n(.*?)^```/gms)].map(([, block]) => block ?? '');
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const end = text.indexOf('\n');
        return { command: text.slice(0, end), answer: text.slice(end + 1).trim() };
      }),
  );
}

/** Whether an answer is as printed; … stands for anything. */
function isAsPrinted(answer: string, printed: string): boolean {
  const pattern = printed.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[^"]+')}$`).test(answer);
}

const mark = '--- next ---';

/** Runs the commands in one bash, one after the other, and gives what each answered. */
function runAll(steps: readonly Step[], url: string): Promise<string[]> {
  const script = steps
    .map(({ command }) => `${command.replaceAll('http://127.0.0.1:3000', url)}\necho; echo '${mark}'`)
    .join('\n');
  return new Promise((resolve) => {
    const bash = spawn('bash', ['-e', '-o', 'pipefail', '-s'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    bash.stdout.on('data', (chunk) => (output += String(chunk)));
    bash.once('close', () => resolve(output.split(`${mark}\n`).map((answer) => answer.trim())));
    bash.stdin.end(script);
  });
}

describe('the README’s five minutes', () => {
  let server: TestServer;
  let answers: string[];
  const steps = stepsOf(readme);

  beforeAll(async () => {
    server = await startServer();
    answers = await runAll(steps, server.url);
  });
  afterAll(() => server.stop());

  test('are many commands, all of which ran', () => {
    expect(steps.length).toBeGreaterThan(12);
    expect(answers.length).toBe(steps.length + 1);
  });

  test.each(steps.map((step, index) => ({ ...step, index })))('$command', ({ index, answer }) => {
    const given = answers[index] ?? 'nothing';
    expect(isAsPrinted(given, answer) ? answer : given).toBe(answer);
  });

  test('work a second time, when the account is there already', async () => {
    const again = await runAll(steps, server.url);
    const unlike = steps.flatMap(({ command, answer }, index) =>
      isAsPrinted(again[index] ?? 'nothing', answer) ? [] : [command],
    );
    expect(unlike).toEqual([expect.stringContaining('auth/register')]);
  });

  test('control: another answer than printed is seen', () => {
    expect(isAsPrinted('{"id":"x","key":"ENG-2"}', '{"id":"…","key":"ENG-1"}')).toBe(false);
    expect(isAsPrinted('{"id":"x","key":"ENG-1"}', '{"id":"…","key":"ENG-1"}')).toBe(true);
  });
});
