import { MIMEType } from 'node:util';
import type { Request, RequestHandler, Response } from 'express';
import { BatonError } from '../errors.ts';
import { rateLimited } from '../lib/limit.ts';
import { readBody as parseBody } from './body-json.ts';
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

/**
 * What a body may have without a credential that the database has confirmed: as much as its headers, which no share
 * counts either. So nothing that anybody else sends keeps a small write or a sign-in out.
 */
export const unconfirmed_bytes = 16 * 1024;

/** A body must bring a half of its even pace in each of so many windows, in which it must be whole. */
const windows = 6;

/** Whose bytes they are, and where they count. */
interface Counted {
  shares: ByteShares;
  holder: Holder;
  /** How long they are said to be. */
  announced: number;
  window_ms: number;
}

/** The bytes of a request that may be read. Those that count are their caller's from their arrival on. */
class Body {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  readonly counted: Counted | undefined;
  #length = 0;
  #taken = 0;
  #seen = 0;

  constructor(limit: number, counted?: Counted) {
    this.#limit = limit;
    this.counted = counted;
  }

  get length(): number {
    return this.#length;
  }

  /** Throws `body_too_large` for a body of so many bytes. */
  requireWithin(length: number): void {
    if (length > this.#limit) throw new BatonError('body_too_large');
  }

  /** Takes what has arrived. Throws `body_too_large`, or that the caller's share is used up. */
  add(chunk: Buffer): void {
    this.requireWithin(this.#length + chunk.length);
    this.counted?.shares.take(this.counted.holder, chunk.length, this.#length);
    this.#length += chunk.length;
    this.#taken = this.#length;
    this.#chunks.push(chunk);
  }

  /** Whether enough has arrived since this was asked last: a sender that stalls keeps a share that others wait for. */
  keepsPace({ announced }: Counted): boolean {
    const came = this.#length - this.#seen;
    this.#seen = this.#length;
    return came * windows * 2 >= Math.max(announced, this.#length);
  }

  /** What has arrived, in one piece. */
  bytes(): Buffer {
    const [first] = this.#chunks;
    return this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks, this.#length);
  }

  release(): void {
    this.#chunks.length = 0;
    this.counted?.shares.give(this.counted.holder, this.#taken);
    this.#taken = 0;
  }
}

/** Of a client that has left: nobody reads it, but the log. */
export const clientLeft = () => new BatonError('malformed_request', {}, { cause: new Error('The client left.') });

/**
 * Does something when a request's client leaves before its body has been read; at once if it has left already. A body that has
 * arrived isn't read yet: what is left of it is lost with the connection, and no event says so later.
 */
export function whenBroken(req: Request, work: () => void): void {
  const look = () => {
    if (!req.readableEnded) work();
  };
  if (req.destroyed) look();
  else req.once('close', look);
}

function readInto(body: Body, req: Request): Promise<void> {
  const { counted } = body;
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      clearInterval(pace);
      req.off('data', onData).off('end', onEnd).off('error', settle);
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
    const look = () => {
      if (counted === undefined || body.keepsPace(counted)) return;
      settle(new BatonError('request_timeout', {}, { headers: { Connection: 'close' } }));
    };
    const pace = counted && setInterval(look, counted.window_ms);
    req.on('data', onData).on('end', onEnd).on('error', settle);
    whenBroken(req, () => settle(clientLeft()));
  });
}

/** How a request's body is read. */
export interface Reading {
  operation: Operation;
  /** The longest body. */
  limit: number;
  /** Bytes of requests, from their arrival to their response. */
  bodies: ByteShares;
  /** The bytes that an account sends, or has kept for it, in the course of time. */
  written: Pace;
  large_json: LargeJson;
  /** How long a whole request may take to arrive. */
  request_timeout_ms: number;
  /** Confirms that the caller may do this. Of an operation that anybody may do, none. */
  confirm: ((req: Request, res: Response) => Promise<void>) | undefined;
}

/**
 * Reads a JSON body of bounded length. One that is longer than `unconfirmed_bytes`, or doesn't say how long it is, is
 * read once its caller is confirmed: what a signature alone names may be an ended session, or a token without the right.
 * Its bytes count against the caller's share until the response is done: what was parsed lives as long, in a write that
 * waits for a lock too. Only confirmed bytes use up what an account may send.
 */
function readJson(reading: Reading): RequestHandler {
  const { operation, limit, bodies, written, large_json, request_timeout_ms, confirm } = reading;
  const types = bodyTypes(operation);
  const window_ms = request_timeout_ms / windows;
  // RFC 5789, 2.2 and 3.1; for the other methods RFC 9110, 15.5.16.
  const headers = { [operation.method === 'patch' ? 'Accept-Patch' : 'Accept']: types.join(', ') };
  return async (req, res, next) => {
    const { 'content-length': given, 'content-encoding': encoding = 'identity', expect } = req.headers;
    if (!isPlainJson(req.headers['content-type'], types) || encoding.toLowerCase() !== 'identity') {
      const detail = 'Send a body of JSON in UTF-8, not compressed, with Content-Type: application/json.';
      throw new BatonError('unsupported_media_type', { detail }, { headers });
    }
    if (given === undefined && req.headers['transfer-encoding'] === undefined) {
      next(); // there is no body, as the contract will say
      return;
    }
    const holder = holderOf(req, res);
    const { user_id: account } = holder;
    const announced = Number(given ?? 0);
    const is_small = given === undefined ? confirm === undefined : announced <= unconfirmed_bytes;
    const body = new Body(limit, is_small ? undefined : { shares: bodies, holder, announced, window_ms });
    whenClosed(res, () => body.release());
    if (given !== undefined) body.requireWithin(announced);
    if (account !== undefined) requireUnspent(written, account);
    if (!is_small) {
      await confirm?.(req, res);
      bodies.requireFree(holder, announced);
    }
    if (expect !== undefined) res.writeContinue();
    try {
      await readInto(body, req);
    } catch (error) {
      body.release(); // at once: the refusal may be delayed
      throw error;
    } finally {
      if (is_small) res.locals['unspent_bytes'] = body.length;
      else if (account !== undefined) written.charge(account, performance.now(), body.length);
    }
    const bytes = body.bytes();
    const who = account ?? holder.network;
    if (bytes.length > large_body_bytes) res.locals['body'] = await large_json.read(who, operation, bytes);
    else if (bytes.length > 0) res.locals['body'] = parseBody(operation, bytes);
    next();
  };
}

/** Refuses an account that has sent too much. */
export function requireUnspent(written: Pace, account: string): void {
  const wait_ms = written.wait_ms(account, performance.now());
  if (wait_ms === 0) return;
  const detail = 'You have sent too many bytes within an hour.';
  throw rateLimited(written.limit('written'), Math.ceil(wait_ms / 1000), detail);
}

const max_empty_bytes = 1024;

function isEmpty(bytes: Buffer): boolean {
  return ['', '{}'].includes(bytes.toString('latin1').replaceAll(/[ \t\r\n]/g, ''));
}

/**
 * For operations that take no body. Some clients send `{}` all the same; a client that sends more relies on it, such as a
 * `version` with a deletion: passed over, it would delete what they have not seen.
 */
function refuseBody(operation: Operation): RequestHandler {
  const hint = operation.if_match === undefined ? '' : ' Send the version as If-Match.';
  return async (req, res, next) => {
    const { 'content-length': announced = '0', 'transfer-encoding': coding, expect } = req.headers;
    if (announced === '0' && coding === undefined) {
      next();
      return;
    }
    const body = new Body(max_empty_bytes);
    const refused = () => {
      const errors = [{ pointer: '', detail: `This operation takes no body.${hint}` }];
      return new BatonError('validation_failed', { errors });
    };
    try {
      body.requireWithin(Number(announced));
      if (expect !== undefined) res.writeContinue();
      await readInto(body, req);
    } catch (error) {
      throw error instanceof BatonError && error.code === 'body_too_large' ? refused() : error;
    }
    if (!isEmpty(body.bytes())) throw refused();
    next();
  };
}

/** Reads the body of a write as JSON, or sees to it that there is none. */
export function readBody(reading: Reading): RequestHandler {
  return reading.operation.body === undefined ? refuseBody(reading.operation) : readJson(reading);
}
