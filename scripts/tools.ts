import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

/** Installs a folder's packages, unless they are installed already as in its lockfile. */
export async function installPackages(dir: string, what: string): Promise<void> {
  const lock = path.join(dir, 'package-lock.json');
  const installed = path.join(dir, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.error(`Installing ${what} …`);
  const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: dir,
    stdio: ['ignore', process.stderr, process.stderr],
    shell: process.platform === 'win32',
  });
  const [status] = (await once(npm, 'close')) as [number | null];
  if (status !== 0)
    throw new Error(`${what} could not be installed. Run npm ci --ignore-scripts in ${dir} to see why.`);
}

/** Installs the checkers of tools/. They are ten times the size of what serving needs, so `npm ci` leaves them out. */
export const installTools = (): Promise<void> =>
  installPackages(path.resolve(import.meta.dirname, '../tools'), 'the checkers of tools/');
