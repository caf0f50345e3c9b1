import { readFileSync } from 'node:fs';
import path from 'node:path';
import { mergeConfig, type Plugin } from 'vite';
import config from '../vite.config.ts';
import { type Broken, broken_variable } from './consoles.ts';

// Builds the console with deliberate faults, for controls. The console itself contains nothing of this.

const src = path.resolve(import.meta.dirname, '../src');
const all = JSON.parse(process.env[broken_variable] ?? '[]') as Broken[];

function broken(text: string, { file, find, replace }: Broken): string {
  if (find === undefined) return replace;
  if (!text.includes(find)) throw new Error(`There is no ${find} in ${file}.`);
  return text.replace(find, () => replace);
}

function breaking(): Plugin {
  const left = new Set(all.map(({ file }) => file));
  return {
    name: 'baton-breaking',
    enforce: 'pre',
    load(id) {
      const file = path.relative(src, id).replaceAll(path.sep, '/');
      const here = all.filter((one) => one.file === file);
      if (here.length === 0) return undefined;
      left.delete(file);
      return here.reduce(broken, readFileSync(id, 'utf8'));
    },
    buildEnd(error) {
      if (error === undefined && left.size > 0) throw new Error(`Nothing imports ${[...left].join(', ')}.`);
    },
  };
}

export default mergeConfig(config, { plugins: [breaking()] });
