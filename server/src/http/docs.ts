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

/** docs/errors.md as a page. Each code is an anchor, which the `type` of a problem leads to. */
async function makeErrorsPage(): Promise<Buffer> {
  const { Marked } = await import('marked');
  const html = new Marked().parse(readFileSync(path.join(root, 'docs/errors.md'), 'utf8'), { async: false });
  const anchored = html.replaceAll(/<h2>(\w+)<\/h2>/g, '<h2 id="$1"><code>$1</code></h2>');
  const frame = readFileSync(path.join(own_pages, 'errors.html'), 'utf8');
  return Buffer.from(frame.replace('<!-- errors -->', () => anchored));
}

type Make = () => Buffer | Promise<Buffer>;
const read =
  (dir: string, file: string): Make =>
  () =>
    readFileSync(path.join(dir, file));

/** What is served, by its path. The packages' folders have more, which nobody needs from here. */
const documents: Record<string, [type: string, make: Make]> = {
  '/openapi.json': ['json', read(root, 'server/openapi.json')],
  '/docs': ['html', read(own_pages, 'docs.html')],
  '/docs/errors': ['html', makeErrorsPage],
  '/docs/assets/docs.css': ['css', read(own_pages, 'docs.css')],
  '/docs/assets/docs.js': ['js', read(own_pages, 'docs.js')],
  '/docs/assets/swagger-ui.css': ['css', read(swagger_ui, 'swagger-ui.css')],
  '/docs/assets/swagger-ui-bundle.js': ['js', read(swagger_ui, 'swagger-ui-bundle.js')],
};

/** Sends a document from memory: streams from its file took a flood's requests ten times as long. Made when first asked for. */
function sendDocument(type: string, make: Make, served: Served): RequestHandler {
  let made: Promise<{ bytes: Buffer; tag: string }> | undefined;
  const ready = async () => {
    const bytes = await make();
    return { bytes, tag: entityTag(digestOf(bytes), undefined) };
  };
  return async (req, res) => {
    const { bytes, tag } = await (made ??= ready());
    const holder = holderOf(req, res);
    served.requireRoom(holder);
    res.setHeader('Cache-Control', 'no-cache');
    res.setHeader('ETag', tag);
    const conditions = readConditions(req.headers);
    requireNoTag(conditions?.if_match);
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
  for (const [at, [type, make]] of Object.entries(documents)) router.get(at, sendDocument(type, make, served));
  return router;
}
