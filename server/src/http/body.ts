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

/**
 * Whether the Content-Type says JSON in UTF-8. Two charsets contradict each other, so they are refused like an unknown
 * one.
 */
function isPlainJson(given: string | undefined, types: readonly string[]): boolean {
  if (given === 'application/json') return true; // what nearly every client sends, and needs no parsing
  if (given === undefined || (given.match(/\bcharset\b/gi) ?? []).length > 1) return false;
  try {
    const { essence, params } = new MIMEType(given);
    return types.includes(essence) && (params.get('charset') ?? 'utf-8').toLowerCase() === 'utf-8';
  } catch {
    return false;
  }
}

/**
 * The longest body that is read before the database has confirmed the caller's credential: as long as headers may be.
 * No share counts these bodies or the headers, so other callers can't block a small write or a sign-in.
 */
export const unconfirmed_bytes = 16 * 1024;

/** The time for a body is divided into this many windows. In each, at least half of an even share of it must arrive. */
const windows = 6;

/** What a body counts against. */
interface Counted {
  shares: ByteShares;
  holder: Holder;
  /** The announced length. */
  announced: number;
  window_ms: number;
}

/**
 * Collects the body of a request, up to a limit. If it is counted, its bytes count against the caller's share from
 * their arrival.
 */
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

  /** Throws `body_too_large` if a body of this length exceeds the limit. */
  requireWithin(length: number): void {
    if (length > this.#limit) throw new BatonError('body_too_large');
  }

  /** Adds what has arrived. Throws `body_too_large`, or the error of a share that is used up. */
  add(chunk: Buffer): void {
    this.requireWithin(this.#length + chunk.length);
    this.counted?.shares.take(this.counted.holder, chunk.length, this.#length);
    this.#length += chunk.length;
    this.#taken = this.#length;
    this.#chunks.push(chunk);
  }

  /** Whether enough has arrived since the last call. A sender that stalls occupies a share that others wait for. */
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

/** The error for a client that has left. Only the log shows it. */
export const clientLeft = () => new BatonError('malformed_request', {}, { cause: new Error('The client left.') });

/**
 * Runs `work` if the client leaves before the body has been read; at once if it has left already. A body that has
 * arrived may still be unread: its rest is lost with the connection, and no later event says so.
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
        req.resume(); // discards what still arrives
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
  /** The longest body, in bytes. */
  limit: number;
  /** Bytes of requests, from their arrival to their response. */
  bodies: ByteShares;
  /** The rate of bytes that an account sends, or has stored as responses under its keys. */
  written: Pace;
  large_json: LargeJson;
  /** How long a whole request may take to arrive. */
  request_timeout_ms: number;
  /** Confirms that the caller may do this; undefined for a public operation. */
  confirm: ((req: Request, res: Response) => Promise<void>) | undefined;
}

/**
 * Reads a JSON body of bounded length. A body that is longer than `unconfirmed_bytes`, or doesn't announce its length,
 * is read only after the caller is confirmed: a valid signature may belong to an ended session, or to a token without
 * the right. Its bytes count against the caller's share until the response is done and the handler has ended, because
 * what was parsed lives as long, for instance while the write waits for a lock. Only confirmed bytes use up what an account may send.
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
      next(); // without a body: the contract decides whether that is a fault
      return;
    }
    const holder = holderOf(req, res);
    const { user_id: account } = holder;
    const announced = Number(given ?? 0);
    const is_small = given === undefined ? confirm === undefined : announced <= unconfirmed_bytes;
    const body = new Body(limit, is_small ? undefined : { shares: bodies, holder, announced, window_ms });
    let is_in_use = false;
    whenClosed(res, () => {
      if (!is_in_use) body.release();
    });
    const ended = () => {
      is_in_use = false;
      if (res.closed) body.release();
    };
    res.locals['body_ended'] = ended;
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
    is_in_use = true;
    try {
      if (bytes.length > large_body_bytes) res.locals['body'] = await large_json.read(who, operation, bytes);
      else if (bytes.length > 0) res.locals['body'] = parseBody(operation, bytes);
    } catch (error) {
      ended();
      throw error;
    }
    next();
  };
}

/**
 * Runs the handler of a request whose body was read. A client that leaves doesn't end its write, so the body counts until
 * the handler has ended, too.
 */
export function usingBody(handler: RequestHandler): RequestHandler {
  return async (req, res, next) => {
    try {
      await handler(req, res, next);
    } finally {
      (res.locals['body_ended'] as (() => void) | undefined)?.();
    }
  };
}

/** Throws `rate_limited` for an account that has sent too much. */
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
 * For operations that take no body. Some clients send `{}` anyway, which is accepted. A client that sends more relies
 * on it: a deletion that ignored a `version` would delete a state that the client has not seen.
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

/** Reads the body of a write as JSON, or refuses a body if the operation takes none. */
export function readBody(reading: Reading): RequestHandler {
  return reading.operation.body === undefined ? refuseBody(reading.operation) : readJson(reading);
}
