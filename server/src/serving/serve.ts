import type { Request as ExpressRequest, RequestHandler, Router } from 'express';
import type pg from 'pg';
import type { Logger } from 'pino';
import {
  apply,
  applyToWrite,
  type Caller,
  holdLive,
  type Identity,
  permitted,
  personOf,
  requireLive,
  withoutDoubt,
} from '../access/authorize.ts';
import { accessOf, lineOf, takesKey } from '../access/policy.ts';
import type { Learnt } from '../db/columns.ts';
import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { readBody, type Reading, unconfirmed_bytes, usingBody } from '../http/body.ts';
import { readUpload, type UploadReading } from '../http/upload.ts';
import type { Holder } from '../http/byte-shares.ts';
import { isList, needsRoom, type Operation, type Response, type Upload } from '../http/contract.ts';
import { type Cursors, keysetPage, type KeysetOptions, type Order, type Ordered } from '../http/cursor.ts';
import { entityTag } from '../http/entity-tag.ts';
import type { GlobalLimit } from '../http/global-limit.ts';
import { siteOf } from '../http/networks.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { holderOf, type Sending, writeJson } from '../http/send.ts';
import type { Usage } from '../quotas/usage.ts';
import { type Answer, render, send } from './answer.ts';
import { createConfirm } from './confirm.ts';
import { type Intent, type IntentOf, refuseWhatIsLost, Replayed } from './intent.ts';
import { committed } from './attempt.ts';
import type { Commit, Context, NotPublic, OwnContext } from './context.ts';
import { type EndSession, endOnSignOut, keptInCookie, signedOut, withCookie } from './refresh-cookie.ts';
import type { Asked, Following } from './following.ts';
import { bearerToken, parseRequest, type Request, requireUtf8 } from './request.ts';

/** A list that one index serves: its filter, its order and its rows. */
type Listing<O extends Order, Row extends Ordered<O>, Shown> = Pick<
  KeysetOptions<O, Row>,
  'filter' | 'order' | 'descending' | 'rows'
> & {
  /** What is shown of a row; all of it by default. */
  show?: (row: Row) => Shown;
};

type Paged = Operation & { method: 'get' };
type Item<O extends Operation> = Response<O> extends { data: (infer Row)[] } ? Row : never;

/** Mounts endpoints. Each domain's routes.ts has one line for each of its own. */
export interface Serve {
  /**
   * Serves a read in its snapshot, or a write in the transaction that it commits, to callers whom the policy admits.
   */
  <O extends Operation>(operation: O & NotPublic<O>, handler: (context: Context<O>) => Promise<Response<O>>): void;
  /** Serves a read that may run again before its response, when something has happened, or continue as a stream. */
  following<O extends Operation & { method: 'get' }>(
    operation: O,
    handler: (context: Context<O>) => Promise<Response<O>>,
    following: Following<O>,
  ): void;
  /** Serves a list page by page. */
  list<O extends Paged, By extends Order, Row extends Ordered<By>>(
    operation: O,
    listing: (context: Context<O>) => Listing<By, Row, Item<O>> | Promise<Listing<By, Row, Item<O>>>,
  ): void;
  /**
   * Serves a write in a workspace that first asks somebody outside, such as a name server. It asks once the caller's
   * right is confirmed, and without a database connection, a lock or a turn. The write confirms the right again.
   */
  asking<O extends Operation, Learnt>(
    operation: O & NotPublic<O>,
    ask: (asker: Request<O> & { caller: Caller }) => Promise<Learnt>,
    handler: (context: Context<O> & { learnt: Learnt }) => Promise<Response<O>>,
  ): void;
  /**
   * Serves an operation that hashes passwords between its transactions, or acts in a workspace that its caller is not
   * in yet.
   */
  own<O extends Operation>(operation: O, handler: (context: OwnContext<O>) => Promise<Response<O>>): void;
  /** Everything mounted, for the tests that tie routes, contracts and policies together. */
  readonly operations: readonly Operation[];
}

/** What serving needs; one of each per process. */
export interface Serving extends Sending, UploadReading, Omit<Reading, 'operation' | 'limit' | 'confirm'> {
  pool: pg.Pool;
  log: Logger;
  limits: RateLimits;
  requests: GlobalLimit;
  credentials: { identify: (credential: string, from: { network: string }) => Identity | Promise<Identity> };
  cursors: Cursors;
  usage: Usage;
  intentOf: IntentOf;
  refresh_token_ttl_s: number;
  endSession: EndSession;
}

const default_max_body_bytes = 64 * 1024;
/** The longest response that is kept for a write under a key that changed nothing. */
const max_idle_bytes = 8 * 1024;

interface Storing {
  tx: Tx;
  intent: Intent;
  caller: Caller;
  given?: string | undefined;
  learnt?: Learnt | undefined;
}

type AnyRequest = Request<Operation>;
/** A handler without its operation's types. It gets what its own type says. */
type AnyHandler = (context: object) => Promise<never>;

/** Mounts endpoints on an Express router. */
export function createServe(router: Router, parts: Serving): Serve {
  const operations: Operation[] = [];
  const { pool, usage, refresh_token_ttl_s: ttl_s } = parts;
  const { confirm, ask, noting, requireInside, beforeBody } = createConfirm(pool);
  const requireRoom = (holder: Holder) => {
    parts.responses.requireRoom(holder);
    parts.served.requireRoom(holder);
  };

  function mount(
    operation: Operation,
    serve: (request: AnyRequest, identity: Identity | undefined, intent: Intent | undefined) => Promise<Answer>,
  ): void {
    operations.push(operation);
    const [access, needs] = lineOf(operation.id);
    // The caller is known before a byte of the body is read: only callers with a credential may send a large one.
    const identify: RequestHandler = async (req, res, next) => {
      res.locals['operation'] = operation.id;
      requireUtf8(req.url);
      await endOnSignOut(operation, { req, res, endSession: parts.endSession });
      if (access !== 'public') {
        const from = { network: siteOf(req.ip ?? '') };
        const identity = await parts.credentials.identify(bearerToken(req), from);
        res.locals['identity'] = identity;
        res.locals['person_id'] = personOf(identity);
      }
      // A client that sends a key relies on it: if it were ignored, a retry would do the work twice.
      if (operation.method !== 'get' && !takesKey(operation) && req.headers['idempotency-key'] !== undefined) {
        throw new BatonError('idempotency_key_unsupported');
      }
      requireRoom(holderOf(req, res));
      next();
    };
    const guard = parts.limits.guardOf(operation.id);
    const handler: RequestHandler = async (req, res) => {
      const request = withCookie(operation, req, parseRequest(operation, req, res, parts.log));
      const identity = res.locals['identity'] as Identity | undefined;
      if (operation.weight) parts.requests.count(request.ip, res, operation.weight(request.body as never) - 1);
      const intent = takesKey(operation) ? intentIn(req, operation, request, identity) : undefined;
      const work = async () => {
        // In an operation of the account that any token may call, a token acts in its own workspace.
        const own = needs === 'any token' ? identity?.token?.workspace_id : undefined;
        if (identity !== undefined) await requireInside(identity, access === 'account' ? own : workspaceOf(request));
        return serve(request, identity, intent).catch(replayed);
      };
      const kept = () => keptInCookie({ operation, req, res, ttl_s }, request, work);
      const { ip, body } = request;
      const asking = { ip, user_id: identity?.user_id, session_id: identity?.session_id ?? undefined, body };
      const answer = await (guard === undefined ? kept() : guard(asking, kept));
      const unspent_bytes = (res.locals['unspent_bytes'] as number | undefined) ?? 0;
      // A caller whose write is done is confirmed by now.
      if (identity !== undefined && unspent_bytes > 0) spend(identity, unspent_bytes);
      await send(parts, res, answer, request.conditions);
    };
    const deep = operation.deep === true ? operation.path.replace(/\{(\w+)\}$/, '*$1') : operation.path;
    const path = deep.replaceAll(/\{(\w+)\}/g, ':$1');
    const is_public = access === 'public';
    const limit = operation.max_body_bytes ?? (is_public ? unconfirmed_bytes : default_max_body_bytes);
    const confirm = is_public ? undefined : beforeBody(operation);
    const reading = { ...parts, operation, limit, confirm };
    const reader =
      operation.method === 'get' ? [] : [operation.upload === true ? readUpload(reading) : readBody(reading)];
    router[operation.method](path, identify, ...reader, usingBody(handler), signedOut);
  }

  /** Counts bytes that a confirmed caller has sent, or that are kept for them. */
  function spend(identity: Identity, bytes: number): void {
    parts.written.charge(personOf(identity), performance.now(), bytes);
  }

  /** The intent of a write, if it was sent under a key. */
  function intentIn(
    req: ExpressRequest,
    operation: Operation,
    request: AnyRequest,
    identity: Identity | undefined,
  ): Intent | undefined {
    const key = req.headers['idempotency-key'];
    if (key === undefined) return undefined;
    const { query, if_match } = request;
    // A file that is sent again gets another id. Its bytes tell whether it is the same.
    const body = operation.upload === true ? (request.body as Upload).checksum : request.body;
    const params = (request.params ?? {}) as Record<string, string>;
    return parts.intentOf(key, {
      caller: callerOf(request, identity),
      method: operation.method,
      path: operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? ''),
      rest: { query, body, if_match },
      workspace_id: params['workspace_id'],
      session_id: operation.session_tokens === true ? (identity?.session_id ?? undefined) : undefined,
    });
  }

  /** Keeps the JSON of the response with the write, and returns it; undefined if it is complete only after the commit. */
  async function storedAnswer({ tx, intent, caller, given, learnt }: Storing, answer: Answer) {
    const { status, headers, tag, body } = answer;
    if (body === undefined) {
      intent.keep(tx, answer, undefined, { given });
      return answer;
    }
    const { bytes, digest } = await writeJson(parts.large_json, personOf(caller), body);
    const tagged = tag === undefined ? headers : { ...headers, ETag: entityTag(digest, tag.version) };
    // The long response of a write that changed nothing isn't kept: a request of fifteen bytes would keep a megabyte.
    const is_kept = tx.sent_bytes > 0 || bytes.byteLength <= max_idle_bytes;
    if (is_kept) spend(caller, bytes.byteLength);
    intent.keep(tx, { status, headers: tagged, body }, is_kept ? bytes : 'gone', { given, learnt });
    return learnt === undefined ? { status, headers: tagged, body: bytes } : undefined;
  }

  const callerOf = (request: AnyRequest, identity: Identity | undefined): Caller => {
    if (identity === undefined) throw new BatonError('unauthenticated');
    return { ...identity, request_id: request.request_id };
  };
  const workspaceOf = (request: AnyRequest): string => {
    const { workspace_id } = request.params as unknown as { workspace_id: string };
    return workspace_id;
  };

  /** Serves a read. The handler's first statements are sent in one batch with the authorization. */
  function serveRead(operation: Operation, handler: AnyHandler, following?: Following<Operation>): void {
    const line = lineOf(operation.id);
    const list = isList(operation) || operation.walks === true || following !== undefined;
    mount(operation, async (request, identity) => {
      const caller = callerOf(request, identity);
      const workspace_id = line[0] === 'account' ? undefined : workspaceOf(request);
      const user_id = personOf(caller);
      const read = async (query: unknown) => {
        await confirm(caller, line, workspace_id);
        const turn = operation.heavy === true ? { asker: { workspace_id, user_id, figures: true } } : {};
        return readOnly(pool, { workspace_id, user_id, list, ...turn }, (db) => {
          requireRoom({ user_id, network: request.network }); // earlier requests may have used it up
          if (workspace_id === undefined) {
            return permitted(noting(requireLive(db, caller), caller), handler({ ...request, query, caller, db }));
          }
          const applicant = apply(db, caller, line, workspace_id);
          return permitted(
            noting(applicant.actor, caller, workspace_id),
            handler({ ...request, query, ...applicant, db }),
          );
        });
      };
      const reading = () => read(request.query);
      const first = await (request.streams && following?.turn ? following.turn(user_id, reading) : reading());
      if (following === undefined || workspace_id === undefined) return render(operation, request, first);
      const asked = { ...request, workspace_id, caller, read } as unknown as Asked<Operation>;
      const frames = request.streams ? following.stream?.(first, asked) : undefined;
      const answer = render(operation, request, frames ? first : await following.poll(first, asked));
      const vary = operation.stream_after === undefined ? {} : { Vary: 'Authorization, Accept' };
      const headers = { ...answer.headers, ...vary };
      return frames ? { ...answer, headers, body: undefined, frames } : { ...answer, headers };
    });
  }

  /** Serves a write in a workspace, through a door that checks the permission and locks in one batch. */
  function serveWorkspaceWrite(operation: Operation, handler: AnyHandler, outside?: AnyHandler): void {
    const line = lineOf(operation.id);
    mount(operation, async (request, identity, intent) => {
      const caller = callerOf(request, identity);
      const workspace_id = workspaceOf(request);
      const requireSpace = () => {
        if (needsRoom(operation, request.body)) usage.requireRoom(workspace_id);
      };
      const user_id = personOf(caller);
      // A write that was done before gets its first response, whatever would be learnt now.
      if (outside) await ask(caller, line, workspace_id, (db) => intent?.recall(db));
      else await confirm(caller, line, workspace_id);
      const learnt: unknown = await outside?.({ ...request, caller });
      const { result, answer } = await committed((attempt) =>
        withoutDoubt(() =>
          transaction(pool, { workspace_id, user_id }, async (tx) => {
            requireRoom({ user_id, network: request.network }); // earlier requests may have used it up
            // A write that was done before the workspace was full still gets its first response.
            const claimed = (intent?.claim(tx) ?? Promise.resolve()).then(requireSpace);
            const writer = applyToWrite(tx, caller, line, workspace_id, claimed);
            const { afterCommit, known } = attempt();
            const handled = handler({ ...request, learnt, writer, tx, afterCommit });
            await Promise.allSettled([handled]);
            // the door has checked the right; nothing commits without that
            await noting(writer.hold(), caller, workspace_id);
            const result = await handled.catch((error: unknown) => {
              throw writer.doubt(error);
            });
            const stored_bytes = tx.sent_bytes; // without the response under its key, which is removed later
            const storing = intent && { tx, intent, caller, learnt: known() };
            const answer = storing && (await storedAnswer(storing, render(operation, request, result)));
            usage.add(tx, workspace_id, stored_bytes);
            return { result, answer };
          }),
        ),
      );
      return answer ?? render(operation, request, result);
    });
  }

  function serveAccountWrite(operation: Operation, handler: AnyHandler): void {
    mount(operation, async (request, identity, intent) => {
      const caller = callerOf(request, identity);
      const { result, answer } = await committed((attempt) =>
        transaction(pool, { user_id: caller.user_id }, async (tx) => {
          const claimed = intent?.claim(tx) ?? Promise.resolve();
          await permitted(holdLive(tx, caller), claimed);
          const { afterCommit } = attempt();
          const result = await handler({ ...request, caller, tx, afterCommit });
          const answer = intent && (await storedAnswer({ tx, intent, caller }, render(operation, request, result)));
          return { result, answer };
        }),
      );
      return answer ?? render(operation, request, result);
    });
  }

  const serve = <O extends Operation>(operation: O, handler: (context: Context<O>) => Promise<Response<O>>) => {
    const any = handler as unknown as AnyHandler;
    if (operation.method === 'get') serveRead(operation, any);
    else if (accessOf(operation.id) === 'account') serveAccountWrite(operation, any);
    else serveWorkspaceWrite(operation, any);
  };

  const asking: Serve['asking'] = (operation, outside, handler) =>
    serveWorkspaceWrite(operation, handler as unknown as AnyHandler, outside as unknown as AnyHandler);

  const following: Serve['following'] = (operation, handler, how) =>
    serveRead(operation, handler as unknown as AnyHandler, how);

  const list: Serve['list'] = (operation, listing) => {
    const handler = async (context: Context<typeof operation>) => {
      const { show, ...options } = await listing(context);
      const { limit, cursor } = context.query as { limit: number; cursor?: string };
      const { cursors } = parts;
      const page = await keysetPage({ ...options, cursors, operation: operation.id, query: { limit, cursor } });
      return show === undefined ? page : { ...page, data: page.data.map(show) };
    };
    serveRead(operation, handler as unknown as AnyHandler);
  };

  const own: Serve['own'] = (operation, handler) => {
    const any = handler as unknown as AnyHandler;
    if (accessOf(operation.id) === 'public') {
      mount(operation, async (request) => render(operation, request, await any(request)));
      return;
    }
    const write = async (request: AnyRequest, caller: Caller, intent: Intent | undefined) => {
      const own_scope = { workspace_id: caller.token?.workspace_id, user_id: personOf(caller) };
      if (intent !== undefined) {
        // A write that was done may be refused by now before its transaction: a password that was changed no longer
        // matches.
        await readOnly(pool, own_scope, (db) => permitted(requireLive(db, caller), intent.recall(db)));
      }
      let answer: Answer | undefined;
      const commit: Commit<never> = (scope, write) =>
        transaction(pool, { ...own_scope, ...scope }, async (tx) => {
          const claimed = intent?.claim(tx) ?? Promise.resolve();
          claimed.catch(() => undefined); // awaited in `hold`, however late a handler calls it; never unhandled
          let held: Promise<void> | undefined;
          const hold = () => (held ??= permitted(holdLive(tx, caller), claimed));
          const written = write({ tx, hold });
          await Promise.allSettled([written]);
          await hold();
          const result = await written;
          const given = scope.workspace_id;
          if (intent !== undefined)
            answer = await storedAnswer({ tx, intent, caller, given }, render(operation, request, result));
          return result;
        });
      const result = await any({ ...request, caller, commit });
      return answer ?? render(operation, request, result);
    };
    mount(operation, (request, identity, intent) => {
      const caller = callerOf(request, identity);
      return write(request, caller, intent).catch((error: unknown) => refuseWhatIsLost(pool, caller, error));
    });
  };

  return Object.assign(serve, { following, list, asking, own, operations });
}

/** The first response of a write that was done before; throws any other error. */
function replayed(error: unknown): Answer {
  if (error instanceof Replayed) return error.answer;
  throw error;
}
