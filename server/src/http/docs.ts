import { createRequire } from 'node:module';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import type { Config } from '../config.ts';
import { digestOf, entityTag } from './entity-tag.ts';
import { own_pages, pageHeaders } from './pages.ts';
import { isKnown, readConditions } from './preconditions.ts';
import { holderOf, whenClosed } from './send.ts';
import { Served } from './served.ts';

const require = createRequire(import.meta.url);
const assets = path.dirname(require.resolve('swagger-ui-dist/package.json'));
const openapi = readFileSync(path.resolve(import.meta.dirname, '../../openapi.json'));

const errors = readFileSync(path.resolve(import.meta.dirname, '../../../docs/errors.md'), 'utf8');
const errors_frame = readFileSync(path.join(own_pages, 'errors.html'), 'utf8');

const openapi_tag = entityTag(digestOf(openapi), undefined);
const headers = pageHeaders();

/** docs/errors.md as a page. Each code is an anchor, which the `type` of a problem leads to. */
async function makeErrorsPage(): Promise<string> {
  const { Marked } = await import('marked');
  const html = new Marked().parse(errors, { async: false });
  const anchored = html.replaceAll(/<h2>(\w+)<\/h2>/g, '<h2 id="$1"><code>$1</code></h2>');
  return errors_frame.replace('<!-- errors -->', () => anchored);
}

// Created when somebody first asks for it, so that no start waits for it.
let errors_page: Promise<string> | undefined;

/** What the page loads. The packages' folders have more, which nobody needs from here. */
const page_files = ['/docs.css', '/docs.js', '/swagger-ui.css', '/swagger-ui-bundle.js'];

/** The bytes of what is large, by its path. */
const sizes = new Map([
  ['/openapi.json', openapi.length],
  ...['/swagger-ui.css', '/swagger-ui-bundle.js'].map((file): [string, number] => [
    `/docs/assets${file}`,
    statSync(path.join(assets, file)).size,
  ]),
]);

/** Passes by the rest of the router for other files. */
const onlyPageFiles: RequestHandler = (req, _res, next) => next(page_files.includes(req.path) ? undefined : 'router');

/**
 * The document and its page, from this server alone: no network needed, nothing loaded from elsewhere. A network gets so many bytes of
 * them a minute: a megabyte for each request of a flood would keep the process from everybody else.
 */
export function docsRouter({ read_bytes_per_minute }: Pick<Config, 'read_bytes_per_minute'>): Router {
  const router = Router();
  const served = new Served(read_bytes_per_minute);
  // Charged before it is sent, so that what is asked for at one moment counts; given back where no body was sent.
  const priced: RequestHandler = (req, res, next) => {
    const holder = holderOf(req, res);
    const bytes = sizes.get((req.baseUrl + req.path).replace(/\/$/, '')) ?? 0;
    served.requireRoom(holder);
    served.charge(holder, bytes);
    whenClosed(res, () => {
      if (req.method === 'HEAD' || res.statusCode !== 200) served.charge(holder, -bytes);
    });
    next();
  };
  router.use(['/openapi.json', '/docs'], priced);
  router.get('/', (_req, res) => res.redirect('docs'));
  router.get('/openapi.json', (req, res) => {
    res.setHeader('Cache-Control', 'no-cache');
    res.setHeader('ETag', openapi_tag);
    if (isKnown(readConditions(req.headers)?.if_none_match, openapi_tag)) res.status(304).end();
    else res.type('application/json').send(openapi);
  });
  router.use('/docs', (req, res, next) => {
    res.setHeader('Cache-Control', 'no-cache');
    headers(req, res, next);
  });
  router.get('/docs', (_req, res) => res.sendFile(path.join(own_pages, 'docs.html'), { acceptRanges: false }));
  router.get('/docs/errors', async (_req, res) => {
    res.type('text/html').send(await (errors_page ??= makeErrorsPage()));
  });
  // Nobody needs a part of a page, nor a redirect to a directory that isn't shown.
  const options = { index: false, redirect: false, acceptRanges: false } as const;
  router.use('/docs/assets', onlyPageFiles, express.static(own_pages, options), express.static(assets, options));
  return router;
}
