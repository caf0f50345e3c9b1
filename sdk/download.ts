import { bodyOf, type Call, failure, parse } from './attempt.ts';
import { BatonApiError, type RawResponse } from './errors.ts';
import type { DownloadOptions } from './types.ts';

/** The headers that ask for the rest of a file. Throws if the options ask for nothing possible. */
export function rangeHeaders({ from_byte, if_range }: DownloadOptions): Record<string, string> {
  const invalid = (says: string) =>
    new BatonApiError('get_attachment_link', { code: 'invalid_call', says, retryable: false });
  if (from_byte === undefined && if_range === undefined) return {};
  if (!Number.isSafeInteger(from_byte) || Number(from_byte) < 0)
    throw invalid('from_byte must be a whole number, 0 or more');
  return { range: `bytes=${from_byte}-`, ...(if_range !== undefined && { 'if-range': if_range }) };
}

/**
 * Downloads a file from its signed URL. The body of the response is a stream, which the caller reads. Throws the errors
 * of a call, except that a body that is cut off fails while it is read.
 */
export async function download(
  call: Call,
  base_url: string,
  path: string,
  headers: Record<string, string>,
): Promise<Response> {
  const url = new URL(base_url);
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  const timeout = AbortSignal.timeout(call.timeout_ms);
  const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
  const { fetch } = call;
  const response = await fetch(url, { headers, signal, redirect: 'manual' }).catch((error: unknown) => {
    throw failure(call, timeout, error);
  });
  if (response.status === 200 || response.status === 206) return response;
  const received: RawResponse = { status: response.status, headers: response.headers, body: undefined };
  const body = await parse(response).catch((error: unknown) => {
    throw failure(call, timeout, error, received);
  });
  bodyOf(call, { ...received, body });
  return response;
}
