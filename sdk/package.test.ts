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

/** The README's programs and what each prints. */
function fromReadme(): { program: string; prints: string }[] {
  const readme = readFileSync(path.join(sdk, 'README.md'), 'utf8');
  const pairs = readme.matchAll(/^```ts\n(.*?)^```\n\nIt prints:\n\n```\n(.*?)^```/gms);
  return [...pairs].map(([, program = '', prints = '']) => ({ program, prints }));
}

describe('the package', () => {
  const programs = fromReadme();
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

  test('can be installed, and the README’s programs type-check against it and run', async () => {
    expect(programs).toHaveLength(2);
    for (const [n, { program }] of programs.entries()) {
      writeFileSync(path.join(dir, `program${n}.ts`), program.replace('http://127.0.0.1:3000', server.url));
    }
    // A wrong filter, in a program that is never run, which the compiler has to report.
    const [{ program } = { program: '' }] = programs;
    writeFileSync(path.join(dir, 'wrong.ts'), program.replace("reporter: 'me'", "reportr: 'me'"));
    const told = await run(tsc, ['-p', dir]).catch((error: { stdout: string }) => error);
    expect(told.stdout.trim().split('\n')).toEqual([expect.stringMatching(/wrong\.ts.*reportr/)]);
    for (const [n, { prints }] of programs.entries()) {
      const { stdout } = await run(process.execPath, [`out/program${n}.js`], { cwd: dir });
      expect(stdout).toBe(prints);
    }
  }, 120_000); // compiling takes seconds, and longer while other tests run

  test('can be imported unbuilt by its name in this repository', async () => {
    const program = "import { createClient } from 'baton-sdk'; console.log(typeof createClient);";
    const flags = ['--conditions=baton-source', '--input-type=module', '--eval', program];
    const { stdout } = await run(process.execPath, flags, { cwd: path.resolve(sdk, '..') });
    expect(stdout).toBe('function\n');
  });

  test('has Baton’s version', () => {
    const versionOf = (file: string) =>
      (JSON.parse(readFileSync(path.resolve(sdk, file), 'utf8')) as { version: string }).version;
    expect(versionOf('package.json')).toBe(versionOf('../package.json'));
  });
});
