import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import { BatonError } from '../errors.ts';
import type { Served } from './served.ts';
import { holderOf, whenClosed } from './send.ts';
import type { Transfers } from './transfers.ts';

/** A file that may be read. */
export interface Download {
  /** The person whose share it counts towards. */
  user_id: string;
  size_bytes: number;
  headers: Record<string, string>;
  open: () => Promise<Readable>;
}

/** Opens the file of a signed address. Throws if there is none, or if the right to read it has been lost. */
export type Downloads = (token: string, request_id: string) => Promise<Download>;

/**
 * Sandboxes a file: it runs nothing, loads nothing, and has no origin. Browsers never guess another type (`nosniff`, as
 * everywhere).
 */
const policy = "default-src 'none'; sandbox; frame-ancestors 'none'";

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
    // Not before the file is open: otherwise a browser would save a refusal under the file's name.
    const describe = () => {
      res.setHeader('Content-Length', file.size_bytes);
      for (const [name, value] of Object.entries(file.headers)) res.setHeader(name, value);
      res.setHeader('Content-Security-Policy', policy);
    };
    if (req.method === 'HEAD') {
      describe();
      res.end();
      return;
    }
    whenClosed(res, transfers.begin(holder));
    const bytes = await file.open();
    describe();
    served.charge(holder, file.size_bytes);
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
