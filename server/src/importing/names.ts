import { toLine } from '../lib/text.ts';
import { cut } from './text.ts';

const KEY_LENGTH = 40;

/** A key for each name, in the form `^[a-z][a-z0-9_]{0,39}$`. Keys are unique, and the same for the same set of names. */
export function keysOf(names: Iterable<string>, fallback: string): Map<string, string> {
  const taken = new Set<string>();
  const keys = new Map<string, string>();
  for (const name of [...new Set(names)].sort()) {
    const base = slug(name) || fallback;
    let key = base;
    for (let n = 2; taken.has(key); n += 1) key = `${base.slice(0, KEY_LENGTH - 1 - String(n).length)}_${n}`;
    taken.add(key);
    keys.set(name, key);
  }
  return keys;
}

function slug(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/(?<=\p{Lowercase})(?=\p{Uppercase})/gu, '_')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]*(?=[a-z])|^_+/, '')
    .slice(0, KEY_LENGTH)
    .replace(/_$/, '');
  return /^[a-z]/.test(words) ? words : '';
}

/** The name as it is shown: one line, printable, never empty. */
export function displayName(name: string, length: number): string {
  return cut(toLine(name).replace(/\s+/g, ' '), length).trim() || '(unnamed)';
}
