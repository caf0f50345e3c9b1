import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildConsole } from './consoles.ts';

const kB = 1000;

interface Chunk {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
}

/** The pages on which a visit may start. What they need is loaded before anything is shown. */
const first_pages = ['src/accounts/sign-in.tsx', 'src/board/page.tsx', 'src/list/page.tsx'];

describe('the build', () => {
  let dist: string;
  let manifest: Record<string, Chunk>;

  beforeAll(async () => {
    dist = mkdtempSync(path.join(os.tmpdir(), 'baton-web-'));
    await buildConsole(dist, [], ['--manifest']);
    manifest = JSON.parse(readFileSync(path.join(dist, '.vite/manifest.json'), 'utf8')) as typeof manifest;
  }, 120_000);
  afterAll(() => rmSync(dist, { recursive: true }));

  const gzipped = (files: Iterable<string>) =>
    [...files].reduce((sum, file) => sum + statSync(path.join(dist, `${file}.gz`)).size, 0);

  /** Returns the files that these chunks need, including their imports. */
  function needed(names: readonly string[]): { scripts: Set<string>; styles: Set<string> } {
    const scripts = new Set<string>();
    const styles = new Set<string>();
    const add = (name: string) => {
      const { file, imports = [], css = [] } = manifest[name] ?? { file: '' };
      if (scripts.has(file)) return;
      scripts.add(file);
      for (const one of css) styles.add(one);
      imports.forEach(add);
    };
    names.forEach(add);
    return { scripts, styles };
  }

  test.each(first_pages)('loads at most 200 kB of script and 12 kB of styles for %s, gzipped', (page) => {
    const { scripts, styles } = needed(['index.html', page]);
    expect(scripts.size).toBeGreaterThan(1);
    expect(gzipped(scripts)).toBeLessThan(200 * kB);
    expect(gzipped(styles)).toBeLessThan(12 * kB);
    expect(gzipped(scripts)).toBeGreaterThan(60 * kB); // React alone has more, so the sum is not empty
  });

  test('loads at most 60 kB more for each part that is opened later', () => {
    const first = needed(['index.html']);
    const later = Object.keys(manifest).filter((name) => manifest[name]?.file !== undefined && name.startsWith('src/'));
    const more = later.map((name) => {
      const { scripts } = needed([name]);
      return [name, gzipped(scripts.difference(first.scripts))] as const;
    });
    expect(more.length).toBeGreaterThan(5);
    expect(more.filter(([, bytes]) => bytes > 60 * kB)).toEqual([]);
  });

  test('contains compressed copies of each file, and a hash in the names of files that are cached forever', () => {
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' });
    const plain = files.filter((file) => /\.(html|js|css|svg)$/.test(file));
    expect(plain.length).toBeGreaterThan(5);
    expect(plain.filter((file) => !files.includes(`${file}.br`) || !files.includes(`${file}.gz`))).toEqual([]);
    const assets = plain.filter((file) => file.startsWith('assets'));
    expect(assets.filter((file) => !/-[\w-]{8}\.(js|css)$/.test(file))).toEqual([]);
  });

  test('uses no module of Node', () => {
    const scripts = readdirSync(path.join(dist, 'assets')).filter((file) => file.endsWith('.js'));
    const texts = scripts.map((file) => readFileSync(path.join(dist, 'assets', file), 'utf8'));
    expect(texts.filter((text) => /["']node:|__vite-browser-external/.test(text))).toEqual([]);
  });
});
