import { enableCompileCache } from 'node:module';
import path from 'node:path';

// Compiled code is kept from start to start: loading everything takes 0.5 s of processor time instead of 0.75 s. It
// lies with the packages, where nobody else can write. What is imported above this line would be compiled before it.
enableCompileCache(path.resolve(import.meta.dirname, '../../node_modules/.cache/compiled'));
const { ignoreLostOutput } = await import('./process/stopping.ts');
ignoreLostOutput();
const { runVerb } = await import('./verbs.ts');
await runVerb(...process.argv.slice(2));
