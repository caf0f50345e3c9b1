import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');
const place_variable = 'BATON_TEST_CONSOLES';

/** The environment variable with the faults to build into a console, as JSON. */
export const broken_variable = 'BATON_TEST_BROKEN';

/** A replacement in a file of web/src, for a control. The file must contain `find`. */
export interface Broken {
  file: string;
  /** If undefined, the whole file is replaced. */
  find?: string;
  replace: string;
}

/**
 * Builds the console for production into a folder. Tests run with NODE_ENV=test, which would select React's slow
 * development build.
 */
export async function buildConsole(dir: string, broken: readonly Broken[] = [], flags: string[] = []): Promise<void> {
  const args = ['bin/run.js', 'node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'error', '--outDir', dir];
  const config = broken.length === 0 ? [] : ['--config', path.join(import.meta.dirname, 'broken.config.ts')];
  const env = { ...process.env, NODE_ENV: 'production', [broken_variable]: JSON.stringify(broken) };
  await promisify(execFile)(process.execPath, [...args, '--emptyOutDir', ...config, ...flags], { cwd: root, env });
}

/** Global setup for vitest: creates the folder for the builds of a run, which all its processes share. */
export default function makePlace(): () => void {
  const place = mkdtempSync(path.join(os.tmpdir(), 'baton-consoles-'));
  process.env[place_variable] = place;
  return () => rmSync(place, { recursive: true, force: true });
}

/**
 * Returns the folder of a built console. Each variant is built once per run, by the first test that asks; others wait.
 */
export async function builtConsole(broken: readonly Broken[] = []): Promise<string> {
  const place = process.env[place_variable];
  if (place === undefined) throw new Error('There is no place for builds. Start vitest with this file as globalSetup.');
  const dir = path.join(place, createHash('sha256').update(JSON.stringify(broken)).digest('hex').slice(0, 16));
  for (;;) {
    if (existsSync(dir)) return dir;
    const is_ours = mkdirSync(`${dir}.building`, { recursive: true }) !== undefined;
    if (is_ours) break;
    await sleep(100);
  }
  try {
    if (!existsSync(dir)) {
      await buildConsole(`${dir}.building/dist`, broken);
      renameSync(`${dir}.building/dist`, dir);
    }
  } finally {
    rmSync(`${dir}.building`, { recursive: true });
  }
  return dir;
}
