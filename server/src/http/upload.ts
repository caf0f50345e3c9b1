import { PassThrough, type Readable } from 'node:stream';
import type { Request, RequestHandler, Response } from 'express';
import { BatonError } from '../errors.ts';
import { clientLeft, requireUnspent, whenBroken } from './body.ts';
import type { Operation, Upload } from './contract.ts';
import type { Pace } from './pace.ts';
import { holderOf, whenClosed } from './send.ts';
import { mayTakeLonger } from './server.ts';
import type { Transfers } from './transfers.ts';

interface Place {
  workspace_id: string;
}

/** What takes files in. */
export interface Uploads {
  /** Takes a file in, byte by byte. Where it rejects, nothing is left of it, or soon. */
  receive: (place: Place, bytes: AsyncIterable<Buffer>) => Promise<Upload>;
  /** Has a file removed unless its write has been done: refused, repeated, or given up, it isn't anybody's. */
  settle: (place: Place, id: string) => Promise<void>;
}

/** How files are read. */
export interface UploadReading {
  uploads: Uploads;
  /** Those in progress. */
  transfers: Transfers;
  max_attachment_bytes: number;
  upload_timeout_ms: number;
  /** The bytes that an account sends in the course of time. */
  written: Pace;
}

/** How often it is looked at whether a file still comes, and how much must have come since. */
const look_ms = 10_000;
const least_bytes_per_look = 32 * 1024;

interface Bounds {
  /** The most bytes. */
  limit: number;
  within_ms: number;
  /** Takes how many have come. */
  count: (bytes: number) => void;
}

/** The bytes of a request, up to a limit, for as long as they keep coming. */
function bounded(req: Request, { limit, within_ms, count }: Bounds): Readable {
  const bytes = new PassThrough();
  const began = performance.now();
  let [length, seen] = [0, 0];
  // Until somebody reads, nobody listens, and an error that nobody listens for ends the process. Who reads later gets it.
  bytes.on('error', () => undefined);
  const look = setInterval(
    () => {
      if (req.complete) return;
      const is_late = performance.now() - began > within_ms;
      // What the disk has not taken yet doesn't count against the sender.
      if (is_late || (length - seen < least_bytes_per_look && !bytes.writableNeedDrain))
        bytes.destroy(new BatonError('request_timeout', {}, { headers: { Connection: 'close' } }));
      seen = length;
    },
    Math.min(look_ms, within_ms),
  );
  req.on('data', (chunk: Buffer) => {
    length += chunk.length;
    count(chunk.length);
    if (length > limit) bytes.destroy(new BatonError('body_too_large'));
  });
  whenBroken(req, () => {
    bytes.destroy(clientLeft());
  });
  bytes.once('close', () => {
    clearInterval(look);
    req.unpipe(bytes);
    req.resume(); // what still comes is thrown away
  });
  return req.pipe(bytes);
}

/**
 * Reads a body that is a file into the store. Its caller's right is confirmed before the first byte, as before every large body. Names
 * that the contract refuses are refused before it, too: no query is worth fifty megabytes.
 */
export function readUpload(
  reading: UploadReading & {
    operation: Operation;
    confirm: ((req: Request, res: Response) => Promise<void>) | undefined;
  },
): RequestHandler {
  const {
    operation,
    confirm,
    uploads,
    transfers,
    max_attachment_bytes: limit,
    upload_timeout_ms: within_ms,
    written,
  } = reading;
  return async (req, res, next) => {
    const { 'content-encoding': encoding = 'identity', 'content-length': given = '0', expect } = req.headers;
    if (encoding.toLowerCase() !== 'identity') {
      const detail = 'Send the file as it is, without a Content-Encoding.';
      throw new BatonError('unsupported_media_type', { detail }, { headers: { Accept: 'application/octet-stream' } });
    }
    if (Number(given) > limit) throw new BatonError('body_too_large');
    const params = operation.params?.safeParse(req.params);
    if (params?.success === false) throw new BatonError('not_found');
    if (operation.query?.safeParse(req.query).success === false) {
      next(); // the contract says what is wrong with it
      return;
    }
    const holder = holderOf(req, res);
    requireUnspent(written, holder.user_id ?? '');
    await confirm?.(req, res);
    if (req.destroyed) throw clientLeft();
    const done = transfers.begin(holder);
    const endLonger = mayTakeLonger(req);
    if (expect !== undefined) res.writeContinue();
    const place = params?.data as unknown as Place;
    const count = (bytes: number) => written.charge(holder.user_id ?? '', performance.now(), bytes);
    const bytes = bounded(req, { limit, within_ms, count });
    const file = await uploads.receive(place, bytes).finally(() => {
      bytes.destroy(); // refused before it is read, it would be looked at for as long as the process runs
      endLonger();
      whenClosed(res, done); // not before: when its sender leaves, its file is open for a while
    });
    whenClosed(res, () => {
      uploads.settle(place, file.id).catch(() => undefined); // it is due in a day
    });
    res.locals['body'] = { value: file };
    next();
  };
}
