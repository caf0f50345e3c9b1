import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';

// V8 takes the whole machine's memory for its own, and lets what has lived for a while grow to four times its size before it
// collects: under the attacks of the check `neighbours` a process had 491 to 585 MB at most, and 463 to 501 with this.
setFlagsFromString('--heap-growing-percent=50');

// Compiled code is kept from start to start: loading everything takes 0.5 s of processor time instead of 0.75 s. It
// lies with the packages, where nobody else can write. What is imported above this line would be compiled before it.
const compiled = path.resolve(import.meta.dirname, '../../node_modules/.cache/compiled');
enableCompileCache(compiled);
// For the processes that this one starts: this very file would have each of them load the compiler of TypeScript.
process.env['NODE_COMPILE_CACHE'] ??= compiled;
const { needed_node } = await import('./lib/project.ts');
if (process.versions.node.localeCompare(needed_node, 'en', { numeric: true }) < 0) {
  // Newer than this one may be what npm brought along: it is what npm's scripts start.
  console.error(`Baton needs Node ${needed_node} or newer, and this is ${process.versions.node}. Use npm start.`);
  process.exit(1);
}
const { ignoreLostOutput } = await import('./process/stopping.ts');
ignoreLostOutput();
const { runVerb } = await import('./verbs.ts');
await runVerb(...process.argv.slice(2));
