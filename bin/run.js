// Runs a TypeScript file of the project: node bin/run.js [Node's options] FILE [arguments]. It is JavaScript that Node
// 18 can parse, so that an older Node than the project needs is reported, or replaced by npm's.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const modules = path.join(root, 'node_modules');
const manifest = (dir) => JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8'));

function refuse(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function isInstalled(name, version) {
  const dir = path.join(modules, name);
  return existsSync(path.join(dir, 'package.json')) && manifest(dir).version === version;
}

/** Whether a version of Node is at least the one that `engines` asks for. */
const suffices = (version, needed) => version.localeCompare(needed, 'en', { numeric: true }) >= 0;

/** The Node that npm installed, if there is one for this machine. */
function nodeOfNpm(needed) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const dir = path.join(modules, `node-${platform}-${process.arch}`);
  const node = path.join(dir, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(node) && suffices(manifest(dir).version, needed) ? node : undefined;
}

function chooseNode(needed) {
  const { node: version } = process.versions;
  if (suffices(version, needed)) return process.execPath;
  const node = nodeOfNpm(needed);
  if (node !== undefined) return node;
  return refuse(`Baton needs Node ${needed} or newer, and this is ${version}. Install a newer one: https://nodejs.org`);
}

// npm passes a signal on to its shell, but the shell doesn't pass it on. So this process ends itself when the shell has
// ended.
if (process.env.npm_lifecycle_event !== undefined) {
  const shell = process.ppid;
  setInterval(() => {
    if (process.ppid !== shell) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

const { dependencies, engines } = manifest(root);
const needed = engines.node.replace(/^\D+/, '');
for (const [name, version] of Object.entries(dependencies)) {
  if (!isInstalled(name, version)) refuse('The packages of this version of Baton are not installed. Run npm ci first.');
}
const node = chooseNode(needed);
// The cache is enabled before the file is loaded. Otherwise Node would load its TypeScript compiler for it.
const compiled = path.join(modules, '.cache', 'compiled');
const given = process.argv.slice(2);
const options = given.slice(
  0,
  given.findIndex((argument) => !argument.startsWith('-')),
);
const [file = '', ...rest] = given.slice(options.length);
const script = path.resolve(root, file);

if (node === process.execPath && options.length === 0) {
  process.argv = [node, script, ...rest];
  module.enableCompileCache(compiled);
  await import(pathToFileURL(script).href);
} else {
  const child = spawn(node, [...options, script, ...rest], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => refuse(`${node} can't be run: ${error.message}`));
  child.once('exit', (code) => process.exit(code ?? 1));
}
