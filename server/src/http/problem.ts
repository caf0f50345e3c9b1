import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { BatonError, type ErrorCode, error_table, type Problem } from '../errors.ts';
import { describeError } from '../lib/describe-error.ts';
import type { HoldBack } from './hold-back.ts';
import { siteOf } from './networks.ts';
import type { Trace } from './trace.ts';
import { type Sending, sendJson } from './send.ts';

/** The error as RFC 9457 has it. The same error has the same bytes: the request's id goes in a header only. */
export function toProblem(error: BatonError): Problem {
  const [status, title] = error_table[error.code];
  // RFC 9457's own members last: no extension may take their names.
  return { ...error.data, type: `/docs/errors#${error.code}`, title, status, code: error.code };
}

/** Sends the error as application/problem+json. */
async function sendProblem(sending: Sending, res: Response, error: BatonError): Promise<void> {
  const problem = toProblem(error);
  if (error.retry_after_s !== undefined) res.setHeader('Retry-After', String(error.retry_after_s));
  for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value);
  if (problem.status === 401) res.setHeader('WWW-Authenticate', 'Bearer realm="baton"');
  res.status(problem.status).setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  await sendJson(sending, res, problem);
}

interface HttpError extends Error {
  status?: number;
}

function fromHttp(error: HttpError): BatonError | undefined {
  if (error.status === 412) return new BatonError('precondition_failed', {}, { cause: error });
  // URIError of a bad percent-encoding in the path, and whatever else the parsers call the client's fault.
  if (error instanceof URIError || (error.status !== undefined && error.status >= 400 && error.status < 500)) {
    return new BatonError('malformed_request', {}, { cause: error });
  }
  return undefined;
}

/** The error that the client gets. An unexpected fault is logged in full, and the client gets `internal_error`. */
export function refusalOf(error: unknown, res: Response, log: Logger): BatonError {
  const known = error instanceof BatonError ? error : fromHttp(error as HttpError);
  const refusal: BatonError = known ?? new BatonError('internal_error');
  // Overload is no fault to investigate; the request's own line in the log shows it.
  if (error_table[refusal.code][0] >= 500 && (refusal.code !== 'overloaded' || refusal.cause !== undefined)) {
    const { method } = res.req;
    const { request_id, trace } = res.locals as { request_id?: string; trace?: Trace };
    log.error({ err: describeError(error), request_id, trace_id: trace?.trace_id, method }, refusal.code);
  }
  return refusal;
}

/** Refusals of a client that asks for too much, or too fast. */
const held_back: readonly ErrorCode[] = ['rate_limited', 'overloaded'];

/** The one exit for errors: known ones by the table, unknown ones are logged whole and get a bland response. */
export function problemHandler(services: Sending & { log: Logger }, hold_back: HoldBack): ErrorRequestHandler {
  const send = (res: Response, problem: BatonError) => {
    sendProblem(services, res, problem).catch((error: unknown) => {
      // A conflict with long texts, say, for which its reader has no share of the memory left.
      const refusal = error instanceof BatonError ? error : new BatonError('internal_error', {}, { cause: error });
      if (!(error instanceof BatonError)) services.log.error({ err: describeError(error) }, refusal.code);
      sendProblem(services, res, refusal).catch(() => res.destroy());
    });
  };
  return (error: unknown, { ip = '' }, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const problem = refusalOf(error, res, services.log);
    if (!held_back.includes(problem.code)) {
      send(res, problem);
    } else if (!hold_back.answer(siteOf(ip), () => send(res, problem))) {
      res.shouldKeepAlive = false;
      send(res, problem);
    }
  };
}
