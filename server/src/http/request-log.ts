import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { operators_id } from '../lib/ids.ts';
import { observeRequest } from './metrics.ts';
import { readTrace, traceResponse } from './trace.ts';

const given_id = /^[A-Za-z0-9._-]{8,64}$/;

/**
 * Gives the request an id, and logs one line when its response is sent. Of the headers, query and body the line
 * contains ids only.
 */
export function requestLog(log: Logger): RequestHandler {
  return (req, res, next) => {
    const header = req.headers['x-request-id'];
    const usable = typeof header === 'string' && given_id.test(header) && header.toLowerCase() !== operators_id;
    const request_id = usable ? header : randomUUID();
    res.locals['request_id'] = request_id;
    res.setHeader('X-Request-Id', request_id);
    const trace = readTrace(req.headers['traceparent']);
    res.locals['trace'] = trace;
    if (trace !== undefined) res.setHeader('traceresponse', traceResponse(trace));
    const started = performance.now();
    res.once('close', () => {
      const duration_ms = performance.now() - started;
      const operation = (res.locals['operation'] as string | undefined) ?? 'none';
      const { method } = req;
      const status = res.writableFinished ? res.statusCode : 499; // the client left before the response
      observeRequest({ operation, method, status, duration_ms });
      const identity = res.locals['identity'] as { user_id: string } | undefined;
      log.info(
        {
          request_id,
          trace_id: trace?.trace_id,
          parent_id: trace?.parent_id,
          span_id: trace?.span_id,
          method,
          operation,
          status,
          duration_ms: Math.round(duration_ms * 10) / 10,
          user_id: identity?.user_id,
        },
        'request',
      );
    });
    next();
  };
}
