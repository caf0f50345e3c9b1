import { aborted, BatonApiError, type ClientCode, type RawResponse } from './errors.ts';
import type { Problem } from './generated.ts';
import { operationOf, type Prepared } from './request.ts';
import type { OperationId } from './types.ts';

/** What each attempt of a call needs. */
export interface Call {
  id: OperationId;
  request: Prepared;
  fetch: typeof fetch;
  timeout_ms: number;
  signal: AbortSignal | undefined;
  /** Whether the client generated the Idempotency-Key of this write. */
  own_key: boolean;
  /** Whether the access token was renewed for it. */
  renewed: boolean;
}

/** Codes by which the server says that nothing was done. Any other 503 may have come after the work was done. */
const nothing_done = ['overloaded', 'database_unavailable', 'shutting_down'];

/** Statuses from proxies that got no response from the server, or that ask to wait. */
const passing = [429, 502, 503, 504];

const keyOf = ({ request }: Call) => request.headers.get('idempotency-key') ?? undefined;

/**
 * Whether the call can be repeated without doing anything twice. A refresh can: it returns the same successor within
 * seconds, and without it the session is lost in any case.
 */
const isRepeatable = (call: Call) =>
  call.request.method === 'GET' || keyOf(call) !== undefined || call.id === 'refresh';

/** The body of a response: parsed if it is JSON, as bytes if it is binary, or else as text. */
export async function parse(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('application/octet-stream')) return new Uint8Array(await response.arrayBuffer());
  const text = await response.text();
  if (text === '') return undefined;
  if (!/[/+]json\b/.test(type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The reason for a failure of `fetch`, whose message says only that it failed. Its cause says why, best by the system's
 * code (ECONNREFUSED).
 */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  let deepest = cause;
  while (!('code' in deepest) && deepest.cause instanceof Error) deepest = deepest.cause;
  const why = 'code' in deepest ? String(deepest.code) : deepest.message;
  return cause.message.includes(why) ? cause.message : `${cause.message} (${why})`;
}

/** The error of a call that got no response, or only a part of it. */
export function failure(call: Call, timeout: AbortSignal, cause: unknown, response?: RawResponse): BatonApiError {
  const fail = (code: ClientCode, says: string, retryable = isRepeatable(call)) =>
    new BatonApiError(call.id, { code, says, retryable, response, cause, idempotency_key: keyOf(call) });
  if (call.signal?.aborted === true) return aborted(call.id, cause, keyOf(call));
  if (timeout.aborted) return fail('timed_out', `no response within ${call.timeout_ms} ms`);
  if (response !== undefined) return fail('unexpected_response', `${response.status}, and the response was cut off`);
  return fail('no_response', `no response: ${reasonOf(cause)}`);
}

function authorize(id: OperationId, headers: Headers, access_token: string): void {
  try {
    headers.set('authorization', `Bearer ${access_token}`);
  } catch {
    // Without the cause, whose message contains the token.
    const says = 'access_token has a character that a header can’t have';
    throw new BatonApiError(id, { code: 'invalid_call', says, retryable: false });
  }
}

/** Sends the request once, and returns the response, whatever its status. */
export async function sendOnce(call: Call, access_token: string | undefined): Promise<RawResponse> {
  const { url, method, headers: own, body } = call.request;
  const headers = new Headers(own);
  if (access_token !== undefined) authorize(call.id, headers, access_token);
  const timeout = AbortSignal.timeout(call.timeout_ms);
  const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
  let received: RawResponse | undefined;
  const { fetch } = call; // called as a plain function: a browser refuses it as a method of another object
  try {
    // If redirects were followed, a POST could become a GET, and another server could get the token.
    const response = await fetch(url, { method, headers, body, signal, redirect: 'manual' });
    received = { status: response.status, headers: response.headers, body: undefined };
    return { ...received, body: await parse(response) };
  } catch (error) {
    throw failure(call, timeout, error, received);
  }
}

function problemOf({ headers, body }: RawResponse): Problem | undefined {
  if (headers.get('content-type')?.includes('problem+json') !== true) return undefined;
  if (typeof body !== 'object' || body === null || !('code' in body) || typeof body.code !== 'string') return undefined;
  return body as Problem;
}

function isExpected(body: unknown, kind: string | undefined): boolean {
  if (kind === 'text') return typeof body === 'string';
  if (kind === 'bytes') return body instanceof Uint8Array;
  return kind === 'json' ? typeof body === 'object' && body !== null : body === undefined;
}

/** The body of a success. Throws for everything else. */
export function bodyOf(call: Call, response: RawResponse): unknown {
  const { id } = call;
  const { status, body } = response;
  const { returns, media } = operationOf(id);
  const succeeded = status >= 200 && status < 300;
  if (succeeded && isExpected(body, returns ? (media ?? 'json') : undefined)) return body;
  const idempotency_key = keyOf(call);
  const problem = succeeded ? undefined : problemOf(response);
  if (problem !== undefined) {
    const { code, title, detail } = problem;
    const retryable = status === 429 || (status === 503 && (nothing_done.includes(code) || isRepeatable(call)));
    const says = `${status} ${code}: ${detail ?? title}`;
    throw new BatonApiError(id, { code, says, retryable, response, problem, idempotency_key });
  }
  const code: ClientCode = status === 304 ? 'not_modified' : 'unexpected_response';
  const says = status === 304 ? 'not modified' : `${status} with a body that is not Baton’s`;
  const retryable = (passing.includes(status) || (succeeded && returns)) && isRepeatable(call);
  throw new BatonApiError(id, { code, says, retryable, response, idempotency_key });
}
