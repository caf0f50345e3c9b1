import { bodyOf, type Call, failure, parse } from './attempt.ts';
import type { RawResponse } from './errors.ts';

/**
 * Downloads a file from its signed URL. The body of the response is a stream, which the caller reads. Throws the errors
 * of a call, except that a body that is cut off fails while it is read.
 */
export async function download(call: Call, path: string, base_url: string): Promise<Response> {
  const url = new URL(base_url);
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  const timeout = AbortSignal.timeout(call.timeout_ms);
  const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
  const { fetch } = call;
  const response = await fetch(url, { signal, redirect: 'manual' }).catch((error: unknown) => {
    throw failure(call, timeout, error);
  });
  if (response.status === 200) return response;
  const received: RawResponse = { status: response.status, headers: response.headers, body: undefined };
  const body = await parse(response).catch((error: unknown) => {
    throw failure(call, timeout, error, received);
  });
  bodyOf(call, { ...received, body });
  return response;
}
