import type { Request as ExpressRequest, RequestHandler, Response as ExpressResponse, Router } from 'express';
import type pg from 'pg';
import type { Logger } from 'pino';
import {
  type Actor,
  type Applicant,
  apply,
  applyToWrite,
  type Caller,
  doubt,
  holdSession,
  type Identity,
  permitted,
  requireSession,
  withoutDoubt,
  type Writer,
} from '../access/authorize.ts';
import { accessOf } from '../access/policy.ts';
import type { Usage } from '../quotas/usage.ts';
import type { AccessTokens } from '../accounts/tokens.ts';
import type { Config } from '../config.ts';
import { type Db, readOnly, transaction, type Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { readJson, refuseBody } from './body.ts';
import { checkBody, type CheckedBody } from './body-json.ts';
import type { ByteShares, Holder } from './byte-shares.ts';
import type { Body, Operation, Params, Query, Response } from './contract.ts';
import type { Cursors } from './cursor.ts';
import { type Fault, faultsOf, max_faults } from './faults.ts';
import type { LargeJson } from './large-json.ts';
import { type IfMatch, parseIfMatch, refuseIfNoneMatch, requireNoTag } from './preconditions.ts';
import { siteOf } from './networks.ts';
import type { Pace } from './pace.ts';
import { holderOf, sendJson, whenClosed } from './send.ts';
import type { Served } from './served.ts';
import type { RateLimits } from './rate-limits.ts';

/** What the handlers work with; one per process. */
export interface Services {
  config: Config;
  pool: pg.Pool;
  log: Logger;
  limits: RateLimits;
  tokens: AccessTokens;
  cursors: Cursors;
  usage: Usage;
  /** Bytes of requests, from their arrival to their response. */
  bodies: ByteShares;
  /** How fast an account may send them. */
  written: Pace;
  /** Bytes of responses, until their reader has taken them. */
  responses: ByteShares;
  /** Bytes of large responses in the course of time. */
  served: Served;
  large_json: LargeJson;
}

/** A request that its contract has accepted. */
export interface Request<O extends Operation> {
  params: Params<O>;
  query: Query<O>;
  body: Body<O>;
  if_match: IfMatch | undefined;
  request_id: string;
  ip: string;
  network: string;
  /** Of the body. */
  body_bytes: number;
  user_agent: string | undefined;
  /** Does something once the response is out, so that its time tells nothing. Should it fail, it is logged. */
  after: (work: () => Promise<void>) => void;
}

type ReadWorkspace<O extends Operation> = (db: Db, applicant: Applicant, request: Request<O>) => Promise<Response<O>>;
type ReadAccount<O extends Operation> = (db: Db, request: Request<O>, caller: Caller) => Promise<Response<O>>;
type WriteWorkspace<O extends Operation> = (tx: Tx, actor: Actor, request: Request<O>) => Promise<Response<O>>;
type ApplyWorkspace<O extends Operation> = (tx: Tx, writer: Writer, request: Request<O>) => Promise<Response<O>>;
type AfterWrite<O extends Operation> = (request: Request<O>) => Promise<void>;
type WriteAccount<O extends Operation> = (tx: Tx, caller: Caller, request: Request<O>) => Promise<Response<O>>;
type OpenHandler<O extends Operation> = (services: Services, request: Request<O>) => Promise<Response<O>>;
type AccountHandler<O extends Operation> = (
  services: Services,
  caller: Caller,
  request: Request<O>,
) => Promise<Response<O>>;

/** The ways an endpoint can be served. Each domain's routes.ts has one line per endpoint. */
export interface Routes {
  /** A read in a workspace: the handler's first statements travel together with the authorization. */
  read<O extends Operation>(operation: O, handler: ReadWorkspace<O>): void;
  /** A write in a workspace: authorized in the transaction that it commits. `after` follows the commit. */
  write<O extends Operation>(operation: O, handler: WriteWorkspace<O>, after?: AfterWrite<O>): void;
  /** The same through a door that asks for permission and lock in one burst. */
  writeThroughDoor<O extends Operation>(operation: O, handler: ApplyWorkspace<O>): void;
  /** A read of the caller's own. */
  readOwn<O extends Operation>(operation: O, handler: ReadAccount<O>): void;
  /** A write of the caller's own. */
  writeOwn<O extends Operation>(operation: O, handler: WriteAccount<O>): void;
  /** Signed in, but the handler makes its own transactions and calls `requireSession` in them. */
  account<O extends Operation>(operation: O, handler: AccountHandler<O>): void;
  /** For anybody; the handler makes its own transactions. */
  open<O extends Operation>(operation: O, handler: OpenHandler<O>): void;
  /** Everything mounted, for the tests that tie routes, contracts and policies together. */
  readonly operations: readonly Operation[];
}

const default_max_body_bytes = 64 * 1024;

function bearerToken(req: ExpressRequest): string {
  const header = req.headers.authorization;
  if (header === undefined) throw new BatonError('unauthenticated');
  const match = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header);
  if (!match?.[1]) throw new BatonError('invalid_token');
  return match[1];
}

/** Each precondition of a write is evaluated, here or by its verb, or refused: never passed over. */
function preconditionOf(operation: Operation, req: ExpressRequest): IfMatch | undefined {
  refuseIfNoneMatch(req.headers['if-none-match']);
  const if_match = parseIfMatch(req.headers['if-match']);
  if (operation.if_match === true) return if_match;
  requireNoTag(if_match);
  return undefined;
}

function parseRequest<O extends Operation>(
  operation: O,
  req: ExpressRequest,
  res: ExpressResponse,
  log: Logger,
): Request<O> {
  const params = operation.params?.safeParse(req.params);
  // An id that can't exist is not there, like any other that doesn't.
  if (params?.success === false) throw new BatonError('not_found');
  const faults: Fault[] = [];
  const query = { ...req.query };
  const parsed_query = operation.query?.safeParse(query);
  if (parsed_query?.success === false) faults.push(...faultsOf(parsed_query.error, 'query'));
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
    body: body.value as Body<O>,
    if_match: operation.method === 'get' ? undefined : preconditionOf(operation, req),
    request_id: res.locals['request_id'] as string,
    ip: req.ip ?? '',
    network: siteOf(req.ip ?? ''),
    body_bytes: (res.locals['body_bytes'] as number | undefined) ?? 0,
    user_agent: req.headers['user-agent']?.slice(0, 400),
    after: (work) => {
      whenClosed(res, () => {
        work().catch((error: unknown) => log.warn({ message: String(error) }, 'not done after the response'));
      });
    },
  };
}

interface Responding<O extends Operation> {
  operation: O;
  res: ExpressResponse;
  services: Services;
  params: unknown;
}

async function respond<O extends Operation>(
  { operation, res, services, params }: Responding<O>,
  body: Response<O>,
): Promise<void> {
  const fields = { ...(params as object), ...(body as object) } as Record<string, unknown>;
  if (operation.etag === true) res.setHeader('ETag', `"${String(fields['version'])}"`);
  if (operation.location !== undefined) {
    res.setHeader(
      'Location',
      operation.location.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(fields[name])),
    );
  }
  res.statusCode = operation.status;
  if (operation.response === undefined) {
    res.end();
    return;
  }
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  await sendJson(services, res, body);
}

/** Refuses percent-encoding that isn't UTF-8: decoded all the same, it would be searched for as something else. */
function requireUtf8(url: string): void {
  if (!url.includes('%')) return;
  try {
    decodeURIComponent(url);
  } catch (error) {
    throw new BatonError('malformed_request', { detail: 'The URL is not UTF-8.' }, { cause: error });
  }
}

const isList = ({ query }: Operation) => query !== undefined && 'cursor' in query.shape;

/** Mounts endpoints on an Express router. */
export function createRoutes(router: Router, services: Services): Routes {
  const operations: Operation[] = [];
  const { pool, usage } = services;
  const requireRoom = (holder: Holder) => {
    services.responses.requireRoom(holder);
    services.served.requireRoom(holder);
  };

  function mount<O extends Operation>(
    operation: O,
    serve: (request: Request<O>, identity: Identity | undefined) => Promise<Response<O>>,
  ): void {
    operations.push(operation);
    const is_public = accessOf(operation.id) === 'public';
    // The signature is checked before a byte of the body is read: only who signed in may send a large one.
    const identify: RequestHandler = (req, res, next) => {
      res.locals['operation'] = operation.id;
      requireUtf8(req.url);
      if (!is_public) res.locals['identity'] = services.tokens.verify(bearerToken(req));
      // A client that sends one relies on it: ignored, a retry would do the work twice.
      if (operation.method !== 'get' && req.headers['idempotency-key'] !== undefined) {
        throw new BatonError('idempotency_key_unsupported');
      }
      requireRoom(holderOf(req, res));
      next();
    };
    const guard = services.limits.guardOf(operation.id);
    const handler: RequestHandler = async (req, res) => {
      const request = parseRequest(operation, req, res, services.log);
      const identity = res.locals['identity'] as Identity | undefined;
      const work = () => serve(request, identity);
      const { ip, body } = request;
      const response = await (guard === undefined ? work() : guard({ ip, user_id: identity?.user_id, body }, work));
      await respond({ operation, res, services, params: request.params }, response);
    };
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
    const limit = operation.max_body_bytes ?? default_max_body_bytes;
    const reading = {
      operation,
      limit,
      shares: services.bodies,
      written: services.written,
      large_json: services.large_json,
    };
    const body = operation.body === undefined ? refuseBody(reading) : readJson(reading);
    const reader = operation.method === 'get' ? [] : [body];
    router[operation.method](path, identify, ...reader, handler);
  }

  const callerOf = (request: Request<Operation>, identity: Identity | undefined): Caller => {
    if (identity === undefined) throw new BatonError('unauthenticated');
    return { ...identity, request_id: request.request_id };
  };
  const workspaceOf = (request: Request<Operation>): string => {
    const { workspace_id } = request.params as unknown as { workspace_id: string };
    return workspace_id;
  };

  function writeThroughDoor<O extends Operation>(
    operation: O,
    handler: ApplyWorkspace<O>,
    after?: AfterWrite<O>,
  ): void {
    const access = accessOf(operation.id);
    mount(operation, async (request, identity) => {
      const caller = callerOf(request, identity);
      const workspace_id = workspaceOf(request);
      if (operation.body !== undefined) usage.requireRoom(workspace_id);
      const scope = { workspace_id, user_id: caller.user_id };
      const answer = await withoutDoubt(() =>
        transaction(pool, scope, async (tx) => {
          requireRoom({ user_id: caller.user_id, network: request.network }); // those before it may have used it up
          const writer = applyToWrite(tx, caller, access, workspace_id);
          const handled = handler(tx, writer, request);
          await Promise.allSettled([handled]);
          await writer.hold(); // the door has asked; nothing commits without it
          const result = await handled.catch((error: unknown) => {
            throw doubt(error);
          });
          usage.add(tx, workspace_id, request.body_bytes);
          return result;
        }),
      );
      await after?.(request);
      return answer;
    });
  }

  return {
    operations,
    read(operation, handler) {
      const access = accessOf(operation.id);
      const list = isList(operation);
      mount(operation, (request, identity) => {
        const caller = callerOf(request, identity);
        const workspace_id = workspaceOf(request);
        return readOnly(pool, { workspace_id, user_id: caller.user_id, list }, async (db) => {
          requireRoom({ user_id: caller.user_id, network: request.network }); // those before it may have used it up
          const applicant = apply(db, caller, access, workspace_id);
          return permitted(applicant.actor, handler(db, applicant, request));
        });
      });
    },
    write(operation, handler, after) {
      writeThroughDoor(operation, async (tx, writer, request) => handler(tx, await writer.hold(), request), after);
    },
    writeThroughDoor,
    readOwn(operation, handler) {
      const list = isList(operation);
      mount(operation, (request, identity) => {
        const caller = callerOf(request, identity);
        return readOnly(pool, { user_id: caller.user_id, list }, async (db) => {
          requireRoom({ user_id: caller.user_id, network: request.network }); // those before it may have used it up
          return permitted(requireSession(db, caller), handler(db, request, caller));
        });
      });
    },
    writeOwn(operation, handler) {
      mount(operation, (request, identity) => {
        const caller = callerOf(request, identity);
        return transaction(pool, { user_id: caller.user_id }, async (tx) => {
          await holdSession(tx, caller);
          return handler(tx, caller, request);
        });
      });
    },
    account(operation, handler) {
      mount(operation, (request, identity) => handler(services, callerOf(request, identity), request));
    },
    open(operation, handler) {
      mount(operation, (request) => handler(services, request));
    },
  };
}
