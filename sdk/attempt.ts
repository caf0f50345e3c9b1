import { aborted, BatonApiError, type ClientCode, type RawResponse } from './errors.ts';
import type { Problem } from './generated.ts';
import { operationOf, type Prepared } from './request.ts';
import type { OperationId } from './types.ts';

/** One call, as each of its attempts needs it. */
export interface Call {
  id: OperationId;
  request: Prepared;
  fetch: typeof fetch;
  timeout_ms: number;
  signal: AbortSignal | undefined;
  /** Whether the client chose the key of this write by itself. */
  own_key: boolean;
  /** Whether the access token was renewed for it. */
  renewed: boolean;
}

/** Of these the server says that nothing was done. A 503 that it doesn’t know may have come after the work. */
const nothing_done = ['overloaded', 'database_unavailable', 'shutting_down'];

/** Responses of proxies that got none from the server, or are told to wait. */
const passing = [429, 502, 503, 504];

const keyOf = ({ request }: Call) => request.headers.get('idempotency-key') ?? undefined;

/**
 * Whether the call can be repeated without doing anything twice. A refresh returns the same successor within seconds, and
 * without it the session is lost in any case.
 */
const isRepeatable = (call: Call) =>
  call.request.method === 'GET' || keyOf(call) !== undefined || call.id === 'refresh';

/** The body as JSON if it is some, as bytes if it is no text, else as text. */
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

/** Why, in words: `fetch` says only that it failed, and its cause why, best as the system's code (ECONNREFUSED). */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  let deepest = cause;
  while (!('code' in deepest) && deepest.cause instanceof Error) deepest = deepest.cause;
  const why = 'code' in deepest ? String(deepest.code) : deepest.message;
  return cause.message.includes(why) ? cause.message : `${cause.message} (${why})`;
}

/** Why nothing came back, or only a part. */
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
    // Without its cause, which has the token in its message.
    const says = 'access_token has a character that a header can’t have';
    throw new BatonApiError(id, { code: 'invalid_call', says, retryable: false });
  }
}

/** Sends the request once, and returns what comes back, whatever it is. */
export async function sendOnce(call: Call, access_token: string | undefined): Promise<RawResponse> {
  const { url, method, headers: own, body } = call.request;
  const headers = new Headers(own);
  if (access_token !== undefined) authorize(call.id, headers, access_token);
  const timeout = AbortSignal.timeout(call.timeout_ms);
  const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
  let received: RawResponse | undefined;
  const { fetch } = call; // by itself: a browser refuses it as a method of something else
  try {
    // Followed, a redirect would make a POST a GET, and show the token to somebody else.
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
