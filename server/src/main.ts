import { enableCompileCache } from 'node:module';
import path from 'node:path';

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
