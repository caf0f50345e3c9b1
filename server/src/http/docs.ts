import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type RequestHandler, Router } from 'express';
import type { Config } from '../config.ts';
import { digestOf, entityTag } from './entity-tag.ts';
import { own_pages, pageHeaders } from './pages.ts';
import { isKnown, readConditions, requireNoTag } from './preconditions.ts';
import { holderOf } from './send.ts';
import { Served } from './served.ts';

const require = createRequire(import.meta.url);
const swagger_ui = path.dirname(require.resolve('swagger-ui-dist/package.json'));
const root = path.resolve(import.meta.dirname, '../../..');

interface Document {
  type: string;
  bytes: Buffer;
  tag: string;
}
const asDocument = (type: string, bytes: Buffer): Document => ({
  type,
  bytes,
  tag: entityTag(digestOf(bytes), undefined),
});
const read = (dir: string, file: string): Document =>
  asDocument(path.extname(file), readFileSync(path.join(dir, file)));

/** What is served, by its path. The packages' folders have more, which nobody needs from here. */
const documents: Record<string, Document> = {
  '/openapi.json': read(root, 'server/openapi.json'),
  '/docs': read(own_pages, 'docs.html'),
  '/docs/assets/docs.css': read(own_pages, 'docs.css'),
  '/docs/assets/docs.js': read(own_pages, 'docs.js'),
  '/docs/assets/swagger-ui.css': read(swagger_ui, 'swagger-ui.css'),
  '/docs/assets/swagger-ui-bundle.js': read(swagger_ui, 'swagger-ui-bundle.js'),
};

const errors = readFileSync(path.join(root, 'docs/errors.md'), 'utf8');
const errors_frame = readFileSync(path.join(own_pages, 'errors.html'), 'utf8');
let errors_page: Document | undefined;

/** docs/errors.md as a page. Each code is an anchor, which the `type` of a problem leads to. */
async function errorsPage(): Promise<Document> {
  if (errors_page !== undefined) return errors_page;
  // Loaded when somebody first asks for it, so that no start waits for it.
  const { Marked } = await import('marked');
  const html = new Marked().parse(errors, { async: false });
  const anchored = html.replaceAll(/<h2>(\w+)<\/h2>/g, '<h2 id="$1"><code>$1</code></h2>');
  const page = errors_frame.replace('<!-- errors -->', () => anchored);
  return (errors_page ??= asDocument('html', Buffer.from(page)));
}

/** Sends a document from memory: streams from its file took a flood's requests ten times as long. */
function sendDocument(document: () => Document | Promise<Document>, served: Served): RequestHandler {
  return async (req, res) => {
    const { type, bytes, tag } = await document();
    const holder = holderOf(req, res);
    served.requireRoom(holder);
    const conditions = readConditions(req.headers);
    requireNoTag(conditions?.if_match);
    res.setHeader('Cache-Control', 'no-cache');
    res.setHeader('ETag', tag);
    if (isKnown(conditions?.if_none_match, tag)) {
      res.status(304).end();
      return;
    }
    if (req.method !== 'HEAD') served.charge(holder, bytes.length);
    res.type(type).send(bytes);
  };
}

/**
 * The document and its page, from this server alone: no network needed, nothing loaded from elsewhere. A network gets so many bytes of
 * them a minute: a megabyte for each request of a flood would keep the process from everybody else.
 */
export function docsRouter({ read_bytes_per_minute }: Pick<Config, 'read_bytes_per_minute'>): Router {
  const router = Router();
  const served = new Served(read_bytes_per_minute);
  router.get('/', (_req, res) => res.redirect('docs'));
  router.use('/docs', pageHeaders());
  for (const [at, document] of Object.entries(documents))
    router.get(
      at,
      sendDocument(() => document, served),
    );
  router.get('/docs/errors', sendDocument(errorsPage, served));
  return router;
}
