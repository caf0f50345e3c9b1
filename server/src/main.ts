import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';

// V8 sizes its heap by the memory of the whole machine, and lets old objects grow to four times their size before it
// collects them. Under the attacks of the check `neighbours`, a process had 491 to 585 MB at most, and 463 to 501 MB
// with this.
setFlagsFromString('--heap-growing-percent=50');

// Compiled code is cached between starts: loading everything takes 0.5 s of processor time instead of 0.75 s. The cache
// is in the folder of the packages, where nobody else can write. Anything imported above this line would not be cached.
const compiled = path.resolve(import.meta.dirname, '../../node_modules/.cache/compiled');
enableCompileCache(compiled);
// For the processes that this one starts. Otherwise each of them would load the TypeScript compiler for this file.
process.env['NODE_COMPILE_CACHE'] ??= compiled;
const { needed_node } = await import('./lib/project.ts');
if (process.versions.node.localeCompare(needed_node, 'en', { numeric: true }) < 0) {
  // npm may have installed a newer Node, which its scripts use.
  console.error(`Baton needs Node ${needed_node} or newer, and this is ${process.versions.node}. Use npm start.`);
  process.exit(1);
}
const { ignoreLostOutput } = await import('./process/stopping.ts');
ignoreLostOutput();
const { runVerb } = await import('./verbs.ts');
await runVerb(...process.argv.slice(2));
