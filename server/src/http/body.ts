import { MIMEType } from 'node:util';
import type { Request, RequestHandler } from 'express';
import { BatonError } from '../errors.ts';
import { rateLimited } from '../lib/limit.ts';
import { readBody } from './body-json.ts';
import type { ByteShares, Holder } from './byte-shares.ts';
import { bodyTypes, type Operation } from './contract.ts';
import { large_body_bytes, type LargeJson } from './large-json.ts';
import type { Pace } from './pace.ts';
import { holderOf, whenClosed } from './send.ts';

/** Whether the body is JSON in UTF-8, as it comes. Two charsets are two opinions: refused like one that is unknown. */
function isPlainJson(given: string | undefined, types: readonly string[]): boolean {
  if (given === 'application/json') return true; // what nearly everybody sends, without parsing it
  if (given === undefined || (given.match(/\bcharset\b/gi) ?? []).length > 1) return false;
  try {
    const { essence, params } = new MIMEType(given);
    return types.includes(essence) && (params.get('charset') ?? 'utf-8').toLowerCase() === 'utf-8';
  } catch {
    return false;
  }
}

/** The bytes of a request that may be read, counted as its caller's from the moment they are announced. */
class Body {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  readonly #shares: ByteShares;
  readonly #holder: Holder;
  #length = 0;
  #taken = 0;

  constructor(limit: number, shares: ByteShares, holder: Holder) {
    this.#limit = limit;
    this.#shares = shares;
    this.#holder = holder;
  }

  /** Makes room for so many bytes in all. Throws `body_too_large`, or that the caller's share is used up. */
  reserve(length: number): void {
    if (length > this.#limit) throw new BatonError('body_too_large');
    if (length <= this.#taken) return;
    this.#shares.take(this.#holder, length - this.#taken);
    this.#taken = length;
  }

  add(chunk: Buffer): void {
    this.#length += chunk.length;
    this.reserve(this.#length);
    this.#chunks.push(chunk);
  }

  /** What has arrived, in one piece. */
  bytes(): Buffer {
    const [first] = this.#chunks;
    return this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks, this.#length);
  }

  release(): void {
    this.#chunks.length = 0;
    this.#shares.give(this.#holder, this.#taken);
    this.#taken = 0;
  }
}

function readInto(body: Body, req: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      req.off('data', onData).off('end', onEnd).off('close', onClose).off('error', settle);
      if (error === undefined) resolve();
      else {
        req.resume(); // what still comes is thrown away
        reject(error instanceof BatonError ? error : new BatonError('malformed_request', {}, { cause: error }));
      }
    };
    const onData = (chunk: Buffer) => {
      try {
        body.add(chunk);
      } catch (error) {
        settle(error);
      }
    };
    const onEnd = () => settle();
    const onClose = () => settle(new Error('The client left.'));
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', settle);
  });
}

/** How a request's body is read. */
export interface Reading {
  operation: Operation;
  /** The longest body. */
  limit: number;
  /** Bytes of requests, from their arrival to their response. */
  bodies: ByteShares;
  /** The bytes that an account, or a network that isn't signed in, sends in the course of time. */
  written: Pace;
  large_json: LargeJson;
}

/**
 * Reads a JSON body of bounded length. Its bytes count against the caller's share until the response is done: what was
 * parsed lives as long, in a write that waits for a lock too.
 */
export function readJson({ operation, limit, bodies, written, large_json }: Reading): RequestHandler {
  const types = bodyTypes(operation);
  // RFC 5789, 2.2 and 3.1; for the other methods RFC 9110, 15.5.16.
  const headers = { [operation.method === 'patch' ? 'Accept-Patch' : 'Accept']: types.join(', ') };
  return async (req, res, next) => {
    const { 'content-length': announced, 'content-encoding': encoding = 'identity', expect } = req.headers;
    if (!isPlainJson(req.headers['content-type'], types) || encoding.toLowerCase() !== 'identity') {
      const detail = 'Send a body of JSON in UTF-8, not compressed, with Content-Type: application/json.';
      throw new BatonError('unsupported_media_type', { detail }, { headers });
    }
    if (announced === undefined && req.headers['transfer-encoding'] === undefined) {
      next(); // there is no body, as the contract will say
      return;
    }
    const holder = holderOf(req, res);
    const body = new Body(limit, bodies, holder);
    whenClosed(res, () => body.release());
    if (announced !== undefined) body.reserve(Number(announced));
    if (expect !== undefined) res.writeContinue();
    await readInto(body, req);
    const bytes = body.bytes();
    res.locals['body_bytes'] = bytes.length;
    const who = holder.user_id ?? holder.network;
    const wait_ms = written.spend(who, performance.now(), bytes.length);
    if (wait_ms > 0) {
      const detail = 'You have sent too many bytes within an hour.';
      throw rateLimited(written.limit('written'), Math.ceil(wait_ms / 1000), detail);
    }
    if (bytes.length > large_body_bytes) res.locals['body'] = await large_json.read(who, operation, bytes);
    else if (bytes.length > 0) res.locals['body'] = readBody(operation, bytes);
    next();
  };
}

const max_empty_bytes = 1024;

function isEmpty(bytes: Buffer): boolean {
  return ['', '{}'].includes(bytes.toString('latin1').replaceAll(/[ \t\r\n]/g, ''));
}

/**
 * For operations that take no body. Some clients send `{}` all the same; a client that sends more relies on it, such as a
 * `version` with a deletion: passed over, it would delete what they have not seen.
 */
export function refuseBody({ operation, bodies }: Pick<Reading, 'operation' | 'bodies'>): RequestHandler {
  const hint = operation.if_match === undefined ? '' : ' Send the version as If-Match.';
  return async (req, res, next) => {
    const { 'content-length': announced = '0', 'transfer-encoding': coding, expect } = req.headers;
    if (announced === '0' && coding === undefined) {
      next();
      return;
    }
    const body = new Body(max_empty_bytes, bodies, holderOf(req, res));
    whenClosed(res, () => body.release());
    const refused = () => {
      const errors = [{ pointer: '', detail: `This operation takes no body.${hint}` }];
      return new BatonError('validation_failed', { errors });
    };
    try {
      body.reserve(Number(announced));
      if (expect !== undefined) res.writeContinue();
      await readInto(body, req);
    } catch (error) {
      throw error instanceof BatonError && error.code === 'body_too_large' ? refused() : error;
    }
    if (!isEmpty(body.bytes())) throw refused();
    next();
  };
}
