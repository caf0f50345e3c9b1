import type { Request, Response } from 'express';
import type { Identity } from '../access/authorize.ts';
import type { ByteShares, Holder } from './byte-shares.ts';
import { hasLongText, type LargeJson } from './large-json.ts';
import { siteOf } from './networks.ts';
import type { Served } from './served.ts';

/** A response this small is written to the socket's buffer, and forgotten. */
const small_response_bytes = 64 * 1024;

/** Whose bytes a request's are. */
export function holderOf(req: Request, res: Response): Holder {
  const identity = res.locals['identity'] as Identity | undefined;
  return { user_id: identity?.user_id, network: siteOf(req.ip ?? '') };
}

/** Does something when the response is out or its client gone; at once if it is already. */
export function whenClosed(res: Response, work: () => void): void {
  if (res.closed) work();
  else res.once('close', work);
}

export interface Sending {
  /** Bytes of responses, until their reader has taken them. */
  responses: ByteShares;
  /** Bytes of large responses in the course of time. */
  served: Served;
  large_json: LargeJson;
}

/** Sends a value as JSON; its bytes count as its caller's until they are taken. The status and type are set before. */
export async function sendJson(
  { responses, served, large_json }: Sending,
  res: Response,
  value: unknown,
): Promise<void> {
  let json: string | Uint8Array;
  if (hasLongText(value)) {
    const { user_id, network } = holderOf(res.req, res);
    if (res.closed) return; // nobody is left to read it
    json = await large_json.write(user_id ?? network, value);
  } else {
    // Not by Express's json(): what it looks up for each response is known here.
    json = JSON.stringify(value);
  }
  const length = Buffer.byteLength(json);
  if (length > small_response_bytes) {
    const holder = holderOf(res.req, res);
    served.charge(holder, length);
    responses.take(holder, length);
    whenClosed(res, () => responses.give(holder, length));
  }
  res.setHeader('Content-Length', length);
  res.end(json);
}
