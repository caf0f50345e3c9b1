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

/** Receives files for the store. */
export interface Uploads {
  /** Stores a file as its bytes arrive. If it rejects, the bytes are removed, at once or soon after. */
  receive: (place: Place, bytes: AsyncIterable<Buffer>) => Promise<Upload>;
  /**
   * Removes the file unless its write was committed. After a refusal, a replay or a failure, the file belongs to
   * nobody.
   */
  settle: (place: Place, id: string) => Promise<void>;
}

/** How files are read. */
export interface UploadReading {
  uploads: Uploads;
  /** The transfers in progress. */
  transfers: Transfers;
  max_attachment_bytes: number;
  upload_timeout_ms: number;
  /** The rate of bytes of files that an account sends. Other bodies count separately: a file must not block comments. */
  uploaded: Pace;
}

/** How often the server checks that a file still arrives, and the bytes that must have come since the last check. */
const look_ms = 10_000;
const least_bytes_per_look = 32 * 1024;

interface Bounds {
  /** The most bytes that a file may have. */
  limit: number;
  within_ms: number;
  /** Is called with the number of bytes of each chunk. */
  count: (bytes: number) => void;
}

/** The bytes of a request as a stream, which fails if they exceed the limit or stop arriving. */
function bounded(req: Request, { limit, within_ms, count }: Bounds): Readable {
  const bytes = new PassThrough();
  const began = performance.now();
  let [length, seen] = [0, 0];
  // An error without a listener ends the process, and nobody listens until somebody reads. A later reader still gets
  // the error.
  bytes.on('error', () => undefined);
  const look = setInterval(
    () => {
      if (req.complete) return;
      const is_late = performance.now() - began > within_ms;
      // A disk that is slow to take bytes doesn't count against the sender.
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
    req.resume(); // discards what still arrives
  });
  return req.pipe(bytes);
}

/**
 * Reads a body that is a file into the store. The caller's right is confirmed before the first byte, as before every
 * large body. Parameters that the contract refuses are refused before that, too: a mistake in the query must not cost
 * fifty megabytes.
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
    uploaded,
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
      next(); // the contract reports the fault
      return;
    }
    const holder = holderOf(req, res);
    requireUnspent(uploaded, holder.user_id ?? '');
    await confirm?.(req, res);
    if (req.destroyed) throw clientLeft();
    const done = transfers.begin(holder);
    const endLonger = mayTakeLonger(req);
    if (expect !== undefined) res.writeContinue();
    const place = params?.data as unknown as Place;
    const count = (bytes: number) => uploaded.charge(holder.user_id ?? '', performance.now(), bytes);
    const bytes = bounded(req, { limit, within_ms, count });
    const file = await uploads.receive(place, bytes).finally(() => {
      bytes.destroy(); // otherwise the timer of a stream that was refused before it was read would run forever
      endLonger();
      whenClosed(res, done); // not before: after its sender has left, the file is open for a while
    });
    whenClosed(res, () => {
      uploads.settle(place, file.id).catch(() => undefined); // a task of the worker removes it after a day
    });
    res.locals['body'] = { value: file };
    next();
  };
}
