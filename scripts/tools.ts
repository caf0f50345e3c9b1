import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

const dir = path.resolve(import.meta.dirname, '../tools');

/**
 * Installs the checkers of tools/, unless they are there as its lockfile has them. They are ten times the size of what
 * serving needs, so `npm ci` leaves them out.
 */
export async function installTools(): Promise<void> {
  const lock = path.join(dir, 'package-lock.json');
  const installed = path.join(dir, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('Installing the checkers of tools/ …');
  const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: dir,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const [status] = (await once(npm, 'close')) as [number | null];
  if (status !== 0) throw new Error('The checkers could not be installed. Run npm ci in tools/ to see why.');
}
