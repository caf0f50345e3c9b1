import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { SourceReplacement } from '../harness/patch.ts';
import { checks } from './checks.ts';

const src = path.resolve(import.meta.dirname, '../../server/src');

/** The source texts that a broken build replaces and that don't exist. */
function missing({ file, find }: Pick<SourceReplacement, 'file' | 'find'>): string[] {
  const at = path.join(src, file);
  const text = existsSync(at) ? readFileSync(at, 'utf8') : '';
  return text.includes(find) ? [] : [`${file}: ${find}`];
}

// Otherwise only npm run prove would notice, hours later.
test('every broken build replaces source text that exists', () => {
  const lost = checks.flatMap(({ id, controls }) =>
    Object.entries(controls).flatMap(([name, { source = [] }]) =>
      source.flatMap(missing).map((text) => `${id}, ${name}: there is no ${text}`),
    ),
  );
  expect(lost).toEqual([]);
  expect(missing({ file: 'app.ts', find: 'not to be found' })).toEqual(['app.ts: not to be found']);
});

test('every promise about events, and about what is derived from them, has a check', () => {
  const shown = new Set(checks.flatMap(({ promises }) => promises));
  expect(['P15', 'P16', 'P17', 'P18', 'P19', 'P20'].filter((promise) => !shown.has(promise))).toEqual([]);
});
