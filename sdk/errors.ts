import type { PlainProblem, Problem } from './generated.ts';
import type { OperationId } from './types.ts';

type Known<C> = C extends string ? (string extends C ? never : C) : never;

/** The codes of the server’s problems that this version knows. The server may send others. */
export type ProblemCode = Problem extends infer P ? (P extends { code: infer C } ? Known<C> : never) : never;

/** The problem of a code, with the members that it carries. */
export type ProblemOf<C extends ProblemCode> =
  Extract<Problem, { code: C }> extends infer P ? ([P] extends [never] ? PlainProblem : P) : never;

/**
 * What the client itself reports:
 * - `invalid_call`: the input is invalid, and nothing was sent
 * - `no_response`: the server could not be reached, or the connection ended before a response
 * - `timed_out`: the response did not arrive in time
 * - `aborted`: the caller’s signal ended the call
 * - `not_modified`: 304, the response that `if_none_match` asks for
 * - `unexpected_response`: the response isn’t Baton’s, or was cut off
 */
export type ClientCode =
  | 'invalid_call'
  | 'no_response'
  | 'timed_out'
  | 'aborted'
  | 'not_modified'
  | 'unexpected_response';

/** A response, whatever its status. `body` is the parsed JSON, or the text if it is no JSON. */
export interface RawResponse<Body = unknown> {
  status: number;
  headers: Headers;
  body: Body;
}

interface Details {
  code: ProblemCode | ClientCode | (string & {});
  says: string;
  retryable: boolean;
  response?: RawResponse | undefined;
  problem?: Problem | undefined;
  idempotency_key?: string | undefined;
  cause?: unknown;
}

/** Retry-After in milliseconds: seconds, or a date. */
function retryAfter_ms(headers: Headers | undefined): number | undefined {
  const given = headers?.get('retry-after')?.trim();
  if (given === undefined || given === '') return undefined;
  const ms = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** The only error that a client’s calls throw. Its `cause` is the error behind it: of `fetch`, or of a refused renewal. */
export class BatonApiError extends Error {
  readonly operation: OperationId;
  /** The response’s status; undefined if none arrived. */
  readonly status: number | undefined;
  /** The problem’s code, or the client’s own. */
  readonly code: ProblemCode | ClientCode | (string & {});
  /** The problem that Baton returned; undefined if the response was not Baton’s. */
  readonly problem: Problem | undefined;
  /** `X-Request-Id`: identifies the request in the server’s log. */
  readonly request_id: string | undefined;
  /** Whether a repetition of the call may succeed, and can’t do its work twice. */
  readonly retryable: boolean;
  /** How long the server asks to wait before a repetition. */
  readonly retry_after_ms: number | undefined;
  /** The key that the write was sent with. If it is sent again with this key, it is not done twice. */
  readonly idempotency_key: string | undefined;
  readonly headers: Headers | undefined;
  /** The response’s body: parsed JSON, or text. */
  readonly body: unknown;

  constructor(operation: OperationId, { code, says, retryable, response, problem, idempotency_key, cause }: Details) {
    super(`${operation}: ${says}`, cause === undefined ? {} : { cause });
    this.name = 'BatonApiError';
    this.operation = operation;
    this.code = code;
    this.status = response?.status;
    this.problem = problem;
    this.request_id = response?.headers.get('x-request-id') ?? undefined;
    this.retryable = retryable;
    this.retry_after_ms = retryAfter_ms(response?.headers);
    this.idempotency_key = idempotency_key;
    this.headers = response?.headers;
    this.body = response?.body;
  }

  /** Whether this is the problem of this code, whose fields `problem` then has. */
  is<C extends ProblemCode>(code: C): this is { code: C; status: number; problem: ProblemOf<C> } {
    return this.problem !== undefined && this.code === code;
  }
}

/** The error of a call that its caller aborted. */
export function aborted(operation: OperationId, cause: unknown, idempotency_key?: string): BatonApiError {
  const says = 'the caller ended the call';
  return new BatonApiError(operation, { code: 'aborted', says, retryable: false, idempotency_key, cause });
}
