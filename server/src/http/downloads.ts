import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { BatonError } from '../errors.ts';
import { hasFile } from './preconditions.ts';
import { type ByteRange, mayApply, readRange } from './ranges.ts';
import type { Served } from './served.ts';
import { holderOf, whenClosed } from './send.ts';
import type { Transfers } from './transfers.ts';

/** A file that may be read. */
export interface Download {
  /** The person whose share it counts towards. */
  user_id: string;
  size_bytes: number;
  /** A strong one: other bytes have another tag. */
  entity_tag: string;
  headers: Record<string, string>;
  /** Opens the whole file, or a range of it. */
  open: (range: ByteRange | undefined) => Promise<Readable>;
}

/** Opens the file of a signed address. Throws if there is none, or if the right to read it has been lost. */
export type Downloads = (token: string, request_id: string) => Promise<Download>;

/** A download that has waited longer than this for its turn checks again that the caller may read the file. */
const recheck_ms = 1_000;

/**
 * Sandboxes a file: it runs nothing, loads nothing, and has no origin. Browsers never guess another type (`nosniff`, as
 * everywhere).
 */
const policy = "default-src 'none'; sandbox; frame-ancestors 'none'";

/** The range that a request asks for; undefined for the whole file. Throws `range_not_satisfiable`. */
function rangeOf(req: Request, { size_bytes, entity_tag }: Download): ByteRange | undefined {
  // Only GET has ranges (RFC 9110, 14.2). If-Range asks for the whole file if it has changed.
  if (req.method !== 'GET' || !mayApply(req.get('if-range'), entity_tag)) return undefined;
  const range = readRange(req.headers.range, size_bytes);
  if (range !== 'unsatisfiable') return range;
  const detail = `The file has ${size_bytes} bytes. Ask for some of them, or leave Range out.`;
  throw new BatonError('range_not_satisfiable', { detail }, { headers: { 'Content-Range': `bytes */${size_bytes}` } });
}

const lengthOf = ({ size_bytes }: Download, range: ByteRange | undefined) =>
  range === undefined ? size_bytes : range.end - range.start + 1;

/** Sets the status and headers of a file, or of a range of it. */
function describe(res: Response, file: Download, range: ByteRange | undefined): void {
  if (range !== undefined) {
    res.statusCode = 206;
    res.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${file.size_bytes}`);
  }
  res.setHeader('Content-Length', lengthOf(file, range));
  res.setHeader('Accept-Ranges', 'bytes');
  res.setHeader('ETag', file.entity_tag);
  for (const [name, value] of Object.entries(file.headers)) res.setHeader(name, value);
  res.setHeader('Content-Security-Policy', policy);
}

/**
 * Sends files at their signed addresses. Such an address is enough: a browser sends no token with an image or a link.
 */
export function downloadRouter(
  download: Downloads,
  { served, transfers }: { served: Served; transfers: Transfers },
): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/files/:token', async (req, res) => {
    const file = await download(req.params.token, res.locals['request_id'] as string);
    const holder = { ...holderOf(req, res), user_id: file.user_id };
    served.requireRoom(holder);
    if (hasFile(req.headers, file.entity_tag)) {
      res.status(304).setHeader('ETag', file.entity_tag).end();
      return;
    }
    const range = rangeOf(req, file);
    if (req.method === 'HEAD') {
      describe(res, file, range);
      res.end();
      return;
    }
    const began = performance.now();
    whenClosed(res, await transfers.beginSoon(holder, res));
    // The right to read the file may have ended meanwhile.
    if (performance.now() - began > recheck_ms) await download(req.params.token, res.locals['request_id'] as string);
    served.requireRoom(holder); // again: those that waited may together be more than fits
    const bytes = await file.open(range);
    // Not before the file is open: otherwise a browser would save a refusal under the file's name.
    describe(res, file, range);
    served.charge(holder, lengthOf(file, range));
    // A client that leaves or takes nothing is disconnected without an error. If it had left before, `pipeline` would
    // leave the file open.
    await pipeline(bytes, res).catch(() => {
      bytes.destroy();
      res.destroy();
    });
  });
  router.all('/files/:token', (_req, res) => {
    res.setHeader('Allow', 'GET, HEAD');
    throw new BatonError('method_not_allowed');
  });
  return router;
}
