import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { BatonError, type ErrorCode, error_table, type Problem } from '../errors.ts';
import { describeError } from '../lib/describe-error.ts';
import type { HoldBack } from './hold-back.ts';
import { siteOf } from './networks.ts';
import type { Trace } from './trace.ts';
import { type Sending, sendJson } from './send.ts';

/** The error in the format of RFC 9457. Equal errors have equal bytes: the request's id is in a header only. */
export function toProblem(error: BatonError): Problem {
  const [status, title] = error_table[error.code];
  // RFC 9457's own members come last, so that no extension replaces them.
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
  // A URIError of bad percent-encoding in the path, and any other error that a parser blames on the client.
  if (error instanceof URIError || (error.status !== undefined && error.status >= 400 && error.status < 500)) {
    return new BatonError('malformed_request', {}, { cause: error });
  }
  return undefined;
}

/** The error that the client gets. An unexpected fault is logged in full, and the client gets `internal_error`. */
export function refusalOf(error: unknown, res: Response, log: Logger): BatonError {
  const known = error instanceof BatonError ? error : fromHttp(error as HttpError);
  const refusal: BatonError = known ?? new BatonError('internal_error');
  // Overload needs no investigation; the log line of the request shows it.
  if (error_table[refusal.code][0] >= 500 && (refusal.code !== 'overloaded' || refusal.cause !== undefined)) {
    const { method } = res.req;
    const { request_id, trace } = res.locals as { request_id?: string; trace?: Trace };
    log.error({ err: describeError(error), request_id, trace_id: trace?.trace_id, method }, refusal.code);
  }
  return refusal;
}

/** Refusals of clients that send too much or too fast. They are delayed. */
const held_back: readonly ErrorCode[] = ['rate_limited', 'overloaded'];

/**
 * Responds to every error: to a known one by the table, and to any other with `internal_error`, after logging it in
 * full.
 */
export function problemHandler(services: Sending & { log: Logger }, hold_back: HoldBack): ErrorRequestHandler {
  const send = (res: Response, problem: BatonError) => {
    sendProblem(services, res, problem).catch((error: unknown) => {
      // The problem itself may be refused: a conflict with long texts, say, for a client whose share of memory is used
      // up.
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
