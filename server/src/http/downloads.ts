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

/** Opens the file that a signed address stands for. Throws where there is none, or the right to read it is gone. */
export type Downloads = (token: string, request_id: string) => Promise<Download>;

/**
 * Nothing of a file runs here: it has no rights, not even those of its own origin, and loads nothing. A type that it doesn't
 * say is never guessed (`nosniff`, as everywhere).
 */
const policy = "default-src 'none'; sandbox; frame-ancestors 'none'";

/** Sends files by their signed addresses, to whom has one: a browser sends no token with an image or a link. */
export function downloadRouter(
  download: Downloads,
  { served, transfers }: { served: Served; transfers: Transfers },
): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/files/:token', async (req, res) => {
    const file = await download(req.params.token, res.locals['request_id'] as string);
    const holder = { ...holderOf(req, res), user_id: file.user_id };
    served.requireRoom(holder);
    // Not before the file is open: a refusal isn't saved under its name.
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
    // Who leaves, or takes nothing, is cut off: there is nobody left to tell. To one who has left before, nothing is piped, and
    // the file would stay open.
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
