import type { Request as ExpressRequest, Response as ExpressResponse } from 'express';
import type { Logger } from 'pino';
import { BatonError } from '../errors.ts';
import { checkBody, type CheckedBody } from '../http/body-json.ts';
import { type Body, event_stream, type Operation, type Params, type Query } from '../http/contract.ts';
import { type Fault, faultsOfQuery, max_faults } from '../http/faults.ts';
import { siteOf } from '../http/networks.ts';
import {
  type IfMatch,
  parseIfMatch,
  type ReadConditions,
  readConditions,
  refuseIfNoneMatch,
  requireNoTag,
} from '../http/preconditions.ts';
import { whenClosed } from '../http/send.ts';

/** A request that its contract has accepted. */
export interface Request<O extends Operation> {
  params: Params<O>;
  query: Query<O>;
  /** The query as it was sent. */
  search: string;
  body: Body<O>;
  /** The If-Match of a write. */
  if_match: IfMatch | undefined;
  /** The conditions of a read. */
  conditions: ReadConditions | undefined;
  request_id: string;
  ip: string;
  network: string;
  user_agent: string | undefined;
  /** Whether its client asks for server-sent events. */
  streams: boolean;
  /** Whether its client has left. */
  isGone: () => boolean;
  /** Runs `work` once the response has been sent, so that its duration reveals nothing. If it fails, that is logged. */
  after: (work: () => Promise<void>) => void;
}

const json_or_events = ['application/json', event_stream];

/** The access token that a request carries. Throws `unauthenticated` or `invalid_token`. */
export function bearerToken(req: ExpressRequest): string {
  const header = req.headers.authorization;
  if (header === undefined) throw new BatonError('unauthenticated');
  if (!/^Bearer /i.test(header)) {
    throw new BatonError('unauthenticated', { detail: 'Send Authorization: Bearer and the token.' });
  }
  const match = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header);
  if (!match?.[1]) throw new BatonError('invalid_token');
  return match[1];
}

/** The preconditions of a write. Each is evaluated, here or by the handler, or refused; none is ignored. */
function preconditionOf(operation: Operation, req: ExpressRequest, body: unknown): IfMatch | undefined {
  refuseIfNoneMatch(req.headers['if-none-match']);
  const if_match = parseIfMatch(req.headers['if-match']);
  if (operation.if_match === undefined) {
    requireNoTag(if_match);
    return undefined;
  }
  const { version } = (body ?? {}) as { version?: number };
  if (operation.if_match === 'required' && if_match === undefined && version === undefined) {
    throw new BatonError('precondition_required');
  }
  return if_match;
}

/**
 * The request in the form of its contract. Throws `validation_failed` with every fault, and `not_found` for impossible
 * ids.
 */
export function parseRequest<O extends Operation>(
  operation: O,
  req: ExpressRequest,
  res: ExpressResponse,
  log: Logger,
): Request<O> {
  const joined = (value: string | string[]) => (Array.isArray(value) ? value.join('/') : value);
  const given = Object.fromEntries(Object.entries(req.params).map(([name, value]) => [name, joined(value)]));
  const params = operation.params?.safeParse(given);
  // An id that can't exist is treated like any other that doesn't.
  if (params?.success === false) throw new BatonError('not_found');
  const faults: Fault[] = [];
  const query = { ...req.query };
  const may_stream = operation.stream_after !== undefined && req.method === 'GET'; // HEAD gets the head of a page
  const streams = may_stream && req.accepts(json_or_events) === event_stream;
  const last_id = streams ? req.get('last-event-id') : undefined;
  // A client that reconnects requests the same URL again; the header says what it has received since.
  const goes_on = last_id !== undefined && last_id !== '';
  if (goes_on) query[operation.stream_after ?? ''] = last_id;
  const parsed_query = operation.query?.safeParse(query);
  if (parsed_query?.success === false) {
    const where = (fault: Fault) =>
      goes_on && fault.parameter === operation.stream_after ? { ...fault, parameter: 'Last-Event-ID' } : fault;
    faults.push(...faultsOfQuery(parsed_query.error, query).map(where));
  }
  if (parsed_query === undefined) {
    for (const parameter of Object.keys(query)) faults.push({ parameter, detail: 'Unknown parameter.' });
  }
  const body = (res.locals['body'] as CheckedBody | undefined) ?? checkBody(operation, undefined);
  if (body.faults !== undefined) faults.push(...body.faults);
  if (body.faults !== undefined || faults.length > 0) {
    throw new BatonError('validation_failed', { errors: faults.slice(0, max_faults) });
  }
  return {
    params: params?.data as Params<O>,
    query: parsed_query?.data as Query<O>,
    search: req.url.includes('?') ? req.url.slice(req.url.indexOf('?')) : '',
    body: body.value as Body<O>,
    if_match: operation.method === 'get' ? undefined : preconditionOf(operation, req, body.value),
    conditions: operation.method === 'get' ? readConditions(req.headers) : undefined,
    request_id: res.locals['request_id'] as string,
    ip: req.ip ?? '',
    network: siteOf(req.ip ?? ''),
    user_agent: req.headers['user-agent']?.slice(0, 400),
    streams,
    isGone: () => res.closed,
    after: (work) => {
      whenClosed(res, () => {
        work().catch((error: unknown) => log.warn({ message: String(error) }, 'work after the response failed'));
      });
    },
  };
}

/** Refuses percent-encoding that isn't UTF-8: it would be decoded as some other text. */
export function requireUtf8(url: string): void {
  if (!url.includes('%')) return;
  try {
    decodeURIComponent(url);
  } catch (error) {
    throw new BatonError('malformed_request', { detail: 'The URL is not UTF-8.' }, { cause: error });
  }
}
