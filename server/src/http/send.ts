import type { Request, Response } from 'express';
import type { Config } from '../config.ts';
import { ByteShares, type Holder } from './byte-shares.ts';
import { digestOf, entityTag } from './entity-tag.ts';
import { LargeJson, longTextBytes } from './large-json.ts';
import { siteOf } from './networks.ts';
import { isKnown, type ReadConditions, requireMatch, requireNoTag } from './preconditions.ts';
import { Served } from './served.ts';

/** A response up to this size is written to the socket's buffer and not counted. */
export const small_response_bytes = 64 * 1024;

/** Who the bytes of a request count for. */
export function holderOf(req: Request, res: Response): Holder {
  return { user_id: res.locals['person_id'] as string | undefined, network: siteOf(req.ip ?? '') };
}

/** Runs `work` when the response is sent or its client has left; at once if that has happened already. */
export function whenClosed(res: Response, work: () => void): void {
  if (res.closed) work();
  else res.once('close', work);
}

export interface Sending {
  /** Bytes of responses, until their clients have taken them. */
  responses: ByteShares;
  /** The rate of bytes of large responses. */
  served: Served;
  large_json: LargeJson;
}

export function createSending(config: Pick<Config, 'response_memory_bytes' | 'read_bytes_per_minute'>): Sending {
  return {
    responses: new ByteShares(config.response_memory_bytes),
    served: new Served(config.read_bytes_per_minute),
    large_json: new LargeJson(),
  };
}

/** The version of a representation, and the request's conditions about the one that the client has. */
export interface Tagging extends Partial<ReadConditions> {
  /** Undefined for a representation without a version. */
  version: number | undefined;
}

/**
 * Sets the ETag, and returns whether the client has this response already. Throws `precondition_failed` (RFC 9110,
 * 13.2.2).
 */
function isUnchanged(res: Response, digest: string, { version, if_match, if_none_match }: Tagging): boolean {
  if (version === undefined) requireNoTag(if_match);
  else requireMatch(if_match, { current_version: version });
  const tag = entityTag(digest, version);
  res.setHeader('ETag', tag);
  return isKnown(if_none_match, tag);
}

/** Writes a value as JSON in UTF-8, with the digest of the bytes. A separate thread writes a large value. */
export async function writeJson(
  large_json: LargeJson,
  who: string,
  value: unknown,
): Promise<{ bytes: Uint8Array; digest: string }> {
  if (longTextBytes(value) > 0) return large_json.write(who, value);
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, digest: digestOf(bytes) };
}

/**
 * Sends a value as JSON, or bytes that are JSON already. They count for the client until it has taken them. The caller
 * sets the status and type before. Throws `rate_limited` or `overloaded`, but not after a completed write, which the
 * client would then do a second time.
 */
export async function sendJson(
  { responses, served, large_json }: Sending,
  res: Response,
  value: unknown,
  tagging?: Tagging,
): Promise<void> {
  const is_done = res.req.method !== 'GET' && res.statusCode < 300;
  const hold = (bytes: number) => {
    const holder = holderOf(res.req, res);
    served.charge(holder, bytes);
    if (is_done) responses.add(holder, bytes);
    else responses.take(holder, bytes);
    whenClosed(res, () => responses.give(holder, bytes));
  };
  const written = value instanceof Uint8Array;
  const long_bytes = written ? 0 : longTextBytes(value);
  let json: string | Uint8Array;
  let digest: string | undefined;
  if (long_bytes > 0) {
    if (res.closed) return; // nobody is left to read it
    hold(long_bytes); // before it is written: while the value waits for that, it is in memory
    const { user_id, network } = holderOf(res.req, res);
    ({ bytes: json, digest } = await large_json.write(user_id ?? network, value).catch((error: unknown) => {
      if (is_done) return { bytes: JSON.stringify(value), digest: undefined };
      throw error;
    }));
  } else {
    // Without Express's json(), which looks up for each response what is known here.
    json = written ? value : JSON.stringify(value);
    const bytes = Buffer.byteLength(json);
    if (bytes > small_response_bytes) hold(bytes);
  }
  // The JSON is written anyway: only its bytes show whether the client has it already. The 304 saves sending it.
  if (tagging !== undefined && isUnchanged(res, digest ?? digestOf(json), tagging)) {
    res.statusCode = 304;
    res.removeHeader('Content-Type');
    res.end();
    return;
  }
  res.setHeader('Content-Length', Buffer.byteLength(json));
  res.end(json);
}
