import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Router } from 'express';
import { asDocument, type Document, readDocument, sendDocument } from './document.ts';
import { own_pages, pageHeaders } from './pages.ts';
import type { Served } from './served.ts';

const require = createRequire(import.meta.url);
const swagger_ui = path.dirname(require.resolve('swagger-ui-dist/package.json'));
const root = path.resolve(import.meta.dirname, '../../..');

const read = (dir: string, file: string) => readDocument(path.join(dir, file));

/** What is served, by its path. The packages' folders have more, which nobody needs from here. */
const documents: Record<string, Document> = {
  '/openapi.json': read(root, 'server/openapi.json'),
  '/docs': read(own_pages, 'docs.html'),
  '/docs/assets/docs.css': read(own_pages, 'docs.css'),
  '/docs/assets/docs.js': read(own_pages, 'docs.js'),
  '/docs/assets/swagger-ui.css': read(swagger_ui, 'swagger-ui.css'),
  '/docs/assets/swagger-ui-bundle.js': read(swagger_ui, 'swagger-ui-bundle.js'),
};

/** The pages of docs/ for people who call this server: docs/errors.md is `/docs/errors`, which the `type` of a problem leads to. */
export const guides = [
  'analytics',
  'api-stability',
  'audit',
  'bulk',
  'comments',
  'errors',
  'events',
  'glossary',
  'http',
  'lists',
  'members',
  'notifications',
  'views',
  'operating',
  'retries',
  'text',
  'tokens',
  'webhooks',
  'workflows',
] as const;
type Guide = (typeof guides)[number];

const frame = readFileSync(path.join(own_pages, 'guide.html'), 'utf8');
const texts = new Map(guides.map((name) => [name, readFileSync(path.join(root, `docs/${name}.md`), 'utf8')]));
const pages = new Map<Guide, Document>();

/** The anchor of a heading, as GitHub has it: links between pages lead to the same place here and there. */
export const anchorOf = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** Where a link of a page leads to on this server; undefined where what it names isn't served. */
function servedAt(href: string): string | undefined {
  if (/^(#|https:)/.test(href)) return href;
  const [, name = '', anchor = ''] = /^([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
  return texts.has(name as Guide) ? `/docs/${name}${anchor}` : undefined;
}

async function guidePage(name: Guide): Promise<Document> {
  const known = pages.get(name);
  if (known !== undefined) return known;
  // Loaded when somebody first asks for a page, so that no start waits for it.
  const { Marked } = await import('marked');
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const shown = this.parser.parseInline(tokens);
        // A heading of the errors is a code.
        return `<h${depth} id="${anchorOf(text)}">${/^[a-z]+(_[a-z]+)*$/.test(text) ? `<code>${shown}</code>` : shown}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const shown = this.parser.parseInline(tokens);
        const to = servedAt(href);
        return to === undefined ? shown : `<a href="${to}">${shown}</a>`;
      },
    },
  });
  const text = texts.get(name) ?? '';
  const [, title = name] = /^# (.+)$/m.exec(text) ?? [];
  const html = marked.parse(text, { async: false });
  const page = frame.replace('<!-- title -->', () => title).replace('<!-- page -->', () => html);
  const document = asDocument('html', Buffer.from(page));
  pages.set(name, document);
  return document;
}

/**
 * The document and its page, from this server alone: no network needed, nothing loaded from elsewhere. A network gets so many bytes of
 * them a minute: a megabyte for each request of a flood would keep the process from everybody else.
 */
export function docsRouter(served: Served): Router {
  const router = Router();
  router.use('/docs', pageHeaders());
  for (const [at, document] of Object.entries(documents)) {
    router.get(at, (req, res) => sendDocument(req, res, document, { served }));
  }
  for (const name of guides) {
    router.get(`/docs/${name}`, async (req, res) => sendDocument(req, res, await guidePage(name), { served }));
  }
  return router;
}
