// npm runs this after `npm ci`. It builds the console if the packages for that are installed, and otherwise says so. It
// is JavaScript that Node 18 can parse, for the Node that npm itself runs on. It never fails, because the server also
// runs without the console, and says which command builds it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const vite = 'node_modules/vite/bin/vite.js';
const say = (text) => process.stdout.write(`${text}\n`);

if (!existsSync(path.join(root, vite))) {
  say('The console is not built, because the development packages are not installed.');
} else {
  const args = ['bin/run.js', vite, 'build', 'web', '--logLevel', 'error'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  say(status === 0 ? 'The console is built.' : 'The console could not be built. npm run build:web says why.');
}
