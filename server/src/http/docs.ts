import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Config } from '../config.ts';
import { own_pages, pageHeaders } from './pages.ts';
import { holderOf } from './send.ts';
import { Served } from './served.ts';

const require = createRequire(import.meta.url);
const assets = path.dirname(require.resolve('swagger-ui-dist/package.json'));
const openapi = readFileSync(path.resolve(import.meta.dirname, '../../openapi.json'));

const errors = readFileSync(path.resolve(import.meta.dirname, '../../../docs/errors.md'), 'utf8');
const errors_frame = readFileSync(path.join(own_pages, 'errors.html'), 'utf8');

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

/** Passes by the rest of the router for other files. */
const onlyPageFiles: RequestHandler = (req, _res, next) => next(page_files.includes(req.path) ? undefined : 'router');

/**
 * The document and its page, from this server alone: no network needed, nothing loaded from elsewhere. A network gets so many bytes of
 * them a minute: a megabyte for each request of a flood would keep the process from everybody else.
 */
export function docsRouter({ read_bytes_per_minute }: Pick<Config, 'read_bytes_per_minute'>): Router {
  const router = Router();
  const served = new Served(read_bytes_per_minute);
  const requireRoom: RequestHandler = (req, res, next) => {
    served.requireRoom(holderOf(req, res));
    next();
  };
  // Before they are sent: those that are asked for ahead of the responses count at once.
  const charge = (req: Request, res: Response, bytes: number) => served.charge(holderOf(req, res), bytes);
  router.get('/', (_req, res) => res.redirect('docs'));
  router.get('/openapi.json', requireRoom, (req, res) => {
    charge(req, res, openapi.length);
    res.setHeader('Cache-Control', 'no-cache');
    res.type('application/json').send(openapi);
  });
  router.use('/docs', requireRoom, (req, res, next) => {
    res.setHeader('Cache-Control', 'no-cache');
    headers(req, res, next);
  });
  router.get('/docs', (_req, res) => res.sendFile(path.join(own_pages, 'docs.html'), { acceptRanges: false }));
  router.get('/docs/errors', async (req, res) => {
    const page = await (errors_page ??= makeErrorsPage());
    charge(req, res, page.length);
    res.type('text/html').send(page);
  });
  // Nobody needs a part of a page, nor a redirect to a directory that isn't shown.
  const setHeaders = (res: Response, _path: string, { size }: { size: number }) => charge(res.req, res, size);
  const options = { index: false, redirect: false, acceptRanges: false, setHeaders } as const;
  router.use('/docs/assets', onlyPageFiles, express.static(own_pages, options), express.static(assets, options));
  return router;
}
