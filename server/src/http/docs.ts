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

/** The documents by their path. The folders of the packages have more files, which are not served. */
const documents: Record<string, Document> = {
  '/openapi.json': read(root, 'server/openapi.json'),
  '/docs': read(own_pages, 'docs.html'),
  '/docs/assets/docs.css': read(own_pages, 'docs.css'),
  '/docs/assets/docs.js': read(own_pages, 'docs.js'),
  '/docs/assets/swagger-ui.css': read(swagger_ui, 'swagger-ui.css'),
  '/docs/assets/swagger-ui-bundle.js': read(swagger_ui, 'swagger-ui-bundle.js'),
};

/**
 * The pages of docs/ for people who call this server. docs/errors.md is `/docs/errors`, which the `type` of a problem
 * refers to.
 */
export const guides = [
  'analytics',
  'api-stability',
  'attachments',
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

/** The anchor of a heading, in GitHub's form, so that links between pages work here and there. */
export const anchorOf = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** The address of a page's link on this server; undefined if this server does not serve its target. */
function servedAt(href: string): string | undefined {
  if (/^(#|https:)/.test(href)) return href;
  const [, name = '', anchor = ''] = /^([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
  return texts.has(name as Guide) ? `/docs/${name}${anchor}` : undefined;
}

async function guidePage(name: Guide): Promise<Document> {
  const known = pages.get(name);
  if (known !== undefined) return known;
  // Loaded on the first request for a page, so that it doesn't delay the start.
  const { Marked } = await import('marked');
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const shown = this.parser.parseInline(tokens);
        // A heading in errors.md is an error code.
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
 * Serves the OpenAPI document, its page and the guides. They load nothing from other servers. The bytes that a network
 * gets per minute are limited: in a flood, a megabyte for each request would keep the process from serving everybody
 * else.
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
