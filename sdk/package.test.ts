import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../proof/harness/server.ts';

const run = promisify(execFile);
const sdk = import.meta.dirname;
const tsc = path.resolve(sdk, '../node_modules/.bin/tsc');
const node_types = path.resolve(sdk, '../node_modules/@types');

/** The README's program and what it prints. */
function fromReadme(): { program: string; prints: string } {
  const readme = readFileSync(path.join(sdk, 'README.md'), 'utf8');
  const program = /^```ts\n(.*?)^```/ms.exec(readme)?.[1] ?? '';
  const prints = /It prints:\n\n```\n(.*?)^```/ms.exec(readme)?.[1] ?? '';
  return { program, prints };
}

describe('the package', () => {
  const { program, prints } = fromReadme();
  let server: TestServer;
  let dir: string;

  beforeAll(async () => {
    server = await startServer();
    dir = mkdtempSync(path.join(os.tmpdir(), 'baton-sdk-'));
    const { stdout } = await run('npm', ['pack', '--json', '--silent', '--pack-destination', dir], { cwd: sdk });
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    writeFileSync(path.join(dir, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
    const flags = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts'];
    await run('npm', ['install', ...flags, `./${packed?.filename}`], { cwd: dir });
    const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, types: ['node'], outDir: 'out' };
    const tsconfig = { compilerOptions: { ...compilerOptions, typeRoots: [node_types] }, include: ['*.ts'] };
    writeFileSync(path.join(dir, 'tsconfig.json'), JSON.stringify(tsconfig));
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });

  test('is installed, and the README’s program type-checks against it and runs', async () => {
    writeFileSync(path.join(dir, 'program.ts'), program.replace('http://127.0.0.1:3000', server.url));
    await run(tsc, ['-p', dir]).catch((error: { stdout: string }) => expect(error.stdout).toBe(''));
    const { stdout } = await run(process.execPath, ['out/program.js'], { cwd: dir });
    expect(prints).not.toBe('');
    expect(stdout).toBe(prints);
  }, 120_000); // compiling takes seconds where nothing else runs, and longer beside other tests

  test('refuses a program that misspells a filter', async () => {
    writeFileSync(path.join(dir, 'program.ts'), program.replace("reporter: 'me'", "reportr: 'me'"));
    await expect(run(tsc, ['-p', dir])).rejects.toMatchObject({ stdout: expect.stringContaining('reportr') });
  }, 120_000);

  test('has Baton’s version', () => {
    const versionOf = (file: string) =>
      (JSON.parse(readFileSync(path.resolve(sdk, file), 'utf8')) as { version: string }).version;
    expect(versionOf('package.json')).toBe(versionOf('../package.json'));
  });
});
