import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { proseOfPage } from '../locks/language.ts';
import { anchorOf, guides } from '../../src/http/docs.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** The targets of a page's links. */
const linksOf = (html: string) => [...html.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, to = '']) => to);
const hasAnchor = (html: string, anchor: string) => html.includes(` id="${anchor}"`);

describe('the pages that the server serves', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  /** The dead links in the HTML of the page at a path. */
  async function deadLinks(at: string, html: string): Promise<string[]> {
    const dead = await Promise.all(
      linksOf(html).map(async (to) => {
        const { origin, pathname, hash, protocol } = new URL(to, `${server.url}${at}`);
        if (protocol === 'data:') return [];
        if (origin !== new URL(server.url).origin) return protocol === 'https:' ? [] : [to];
        const response = await fetch(`${server.url}${pathname}`);
        const text = await response.text();
        return response.ok && (hash === '' || hasAnchor(text, hash.slice(1))) ? [] : [to];
      }),
    );
    return dead.flat();
  }

  test.each(['/docs', ...guides.map((name) => `/docs/${name}`)])(
    '%s has links, and none of them is dead',
    async (at) => {
      const html = await (await fetch(`${server.url}${at}`)).text();
      expect(linksOf(html).length).toBeGreaterThan(3);
      expect(await deadLinks(at, html)).toEqual([]);
    },
  );

  test('are all pages of docs/ that one of them links to', () => {
    const linked = guides.flatMap((name) =>
      [...read(`docs/${name}.md`).matchAll(/\]\(([\w-]+)\.md/g)].map(([, to = '']) => to),
    );
    expect([...new Set(linked)].filter((to) => !guides.some((name) => name === to))).toEqual([]);
  });

  test('the page for unsubscribing has links, and none of them is dead', async () => {
    const html = await (await fetch(`${server.url}/unsubscribe`)).text();
    expect(linksOf(html)).toContain('docs/assets/docs.css');
    expect(await deadLinks('/unsubscribe', html)).toEqual([]);
  });

  test('link to sections of other pages, and not to files that are not served', async () => {
    const errors = await (await fetch(`${server.url}/docs/errors`)).text();
    expect(linksOf(errors)).toContain('/docs/operating#mail');
    const operating = await (await fetch(`${server.url}/docs/operating`)).text();
    expect(operating).toContain('CHANGELOG.md');
    expect(linksOf(operating).filter((to) => to.includes('.md'))).toEqual([]);
  });

  test('control: a link to a page or a section that does not exist is noticed', async () => {
    const html =
      '<a href="operating.md">a</a> <a href="/docs/operating#nowhere">b</a> <a href="/docs/operating#mail">c</a>';
    expect(await deadLinks('/docs/errors', html)).toEqual(['operating.md', '/docs/operating#nowhere']);
  });
});

describe('the pages of the repository', () => {
  const pages = globSync(['*.md', '{docs,sdk,proof,tools}/**/*.md'], { cwd: root, exclude: ['**/node_modules'] });
  const anchorsOf = (page: string) =>
    [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

  /** The links in a page's text to files or headings that don't exist. */
  const deadLinks = (page: string, text: string) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, to = '']) => {
      if (/^https?:/.test(to)) return [];
      const [file = '', anchor] = to.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), file);
      if (!existsSync(path.join(root, target))) return [to];
      return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).includes(anchor) ? [] : [to];
    });

  test.each(pages)('%s has no dead links', (page) => {
    const text = proseOfPage(page, read(page)).map(({ line }) => read(page).split('\n')[line - 1] ?? '');
    expect(deadLinks(page, text.join('\n'))).toEqual([]);
  });

  test('control: a link to a file or a heading that does not exist is noticed', () => {
    const text = '[a](nowhere.md) [b](docs/operating.md#nowhere) [c](docs/operating.md#mail)';
    expect(deadLinks('README.md', text)).toEqual(['nowhere.md', 'docs/operating.md#nowhere']);
  });
});
