import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Request, type RequestHandler, Router } from 'express';
import { build_command, index_of, isBuilt } from './console-build.ts';
import type { Operation } from './contract.ts';
import { asDocument, type Document, type Encoding, encodings, readDocument, sendDocument } from './document.ts';
import { consoleHeaders, own_pages, pageHeaders } from './pages.ts';
import type { Served } from './served.ts';

/** A file of the build, and its compressed forms, which the build created. */
interface File {
  plain: Document;
  compressed: Partial<Record<Encoding, Document>>;
}

const ends = { br: '.br', gzip: '.gz' } as const;

interface Build {
  index: Document;
  /** By their paths. */
  files: ReadonlyMap<string, File>;
}

/**
 * Reads the whole build into memory, so that its page and its files are of one build until the next start. A stream
 * from a file would stay open after its reader has left, and would end the process if the file is gone; sirv 3.0.2 does
 * both.
 */
function readBuild(dir: string): Build | undefined {
  if (!isBuilt(dir)) return undefined;
  const compressed = (file: string) =>
    encodings
      .filter((encoding) => existsSync(file + ends[encoding]))
      .map((encoding) => {
        const bytes = readFileSync(file + ends[encoding]);
        return [encoding, { ...asDocument(path.extname(file), bytes), encoding }] as const;
      });
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^\.|\.(?:br|gz)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => file !== index_of(dir))
    .map((file): [string, File] => {
      const served_at = `/${path.relative(dir, file).replaceAll(path.sep, '/')}`;
      return [encodeURI(served_at), { plain: readDocument(file), compressed: Object.fromEntries(compressed(file)) }];
    });
  return { index: readDocument(index_of(dir)), files: new Map(files) };
}

/** Vite puts a hash of the content into these names, so a file never changes. */
const isHashed = (at: string) => at.startsWith('/assets/');

/** The first segments of paths that are not the console's, besides those of the operations. */
const of_the_server = ['assets', 'docs', 'files', 'metrics', 'openapi.json', 'unsubscribe'];

/**
 * What Baton could respond with, in this order: a client that accepts anything gets a problem, as does every program
 * that asks for JSON.
 */
const before_pages = ['application/problem+json', 'application/json', 'text/html'];

const asksForPage = (req: Request) =>
  req.path === '/' ? req.accepts('html') !== false : req.accepts(before_pages) === 'text/html';

interface Serving {
  /** The folder of the build. */
  dir: string;
  served: Served;
  /** Every endpoint that is mounted. */
  operations: readonly Operation[];
}

/**
 * Serves the console: a page in the browser that calls the API as every client does. At each address that the API and
 * the docs leave free, a browser that asks for a page gets it; its script decides what to show.
 */
export function consoleRouter({ dir, served, operations }: Serving): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const build = readBuild(dir);
  const taken = new Set([...of_the_server, ...operations.map(({ path: route }) => route.split('/')[1])]);
  const isTaken = (at: string) => taken.has(at.split('/')[1]?.toLowerCase());
  const isFile: RequestHandler = ({ path: at }, _res, next) =>
    next(build?.files.has(at) === true ? undefined : 'route');
  const isPage: RequestHandler = (req, res, next) => {
    const is_page = !isTaken(req.path) && asksForPage(req);
    if (is_page) res.vary('Accept');
    next(is_page ? undefined : 'route');
  };
  // Other methods leave the router at once: its routes match every path, so Express would respond with their methods.
  router.use((req, _res, next) => next(['GET', 'HEAD'].includes(req.method) ? undefined : 'router'));
  if (build === undefined) {
    const says = readFileSync(path.join(own_pages, 'console-missing.html'), 'utf8');
    const missing = says.replace('<!-- command -->', () => build_command);
    router.get(/^/, isPage, pageHeaders(), (_req, res) => void res.status(503).type('html').send(missing));
    return router;
  }
  router.get(/^/, isFile, ...consoleHeaders(), (req, res) => {
    const { plain, compressed } = build.files.get(req.path) as File;
    const accepted = encodings.filter((encoding) => req.acceptsEncodings(encoding) === encoding);
    const [document = plain] = accepted.flatMap((encoding) => compressed[encoding] ?? []);
    res.setHeader('Vary', 'Accept-Encoding');
    const cache_control = isHashed(req.path) ? 'public, max-age=31536000, immutable' : 'no-cache';
    sendDocument(req, res, document, { served, cache_control });
  });
  router.get(/^/, isPage, ...consoleHeaders(), (req, res) => sendDocument(req, res, build.index, { served }));
  return router;
}
