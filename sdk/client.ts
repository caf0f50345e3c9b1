import { bodyOf, type Call, sendOnce } from './attempt.ts';
import { download, rangeHeaders } from './download.ts';
import { aborted, BatonApiError, type RawResponse } from './errors.ts';
import { operations } from './operations.ts';
import { type AnyInput, faultOf, faultOfOptions, operationOf, prepare } from './request.ts';
import { type Patience, persist } from './retries.ts';
import type { CallOptions, Calls, Download, DownloadOptions, Follow, OperationId, Pages, RawCalls } from './types.ts';

/** What signing in and refreshing return. */
export interface TokenPair {
  access_token: string;
  refresh_token: string;
}

/** What renewing by the cookie returns. No script sees the refresh token. */
export interface CookieTokens {
  access_token: string;
  refresh_token: undefined;
}

interface CommonOptions {
  /**
   * The URL of the server, with the path that it is served under, if any, but without `/v1`:
   * `https://example.com/baton`.
   */
  base_url: string;
  access_token?: string | undefined;
  /** Milliseconds after which an attempt is given up; by default 30,000, and 600,000 for a file. */
  timeout_ms?: number | undefined;
  /** How often a failed attempt is repeated if that is safe; by default 4. */
  retries?: number | undefined;
  /** The longest wait before a repetition; by default 10,000 ms. */
  max_wait_ms?: number | undefined;
  /** Called with the response and the URL of every attempt, for logging or checking. */
  on_response?: ((operation: OperationId, response: RawResponse, url: URL) => void) | undefined;
  /** Sends the requests; by default the global `fetch`. */
  fetch?: typeof fetch | undefined;
}

export interface ClientOptions extends CommonOptions {
  /** Renews an access token that has expired; the call is then repeated. */
  refresh_token?: string | undefined;
  /** Called with new tokens before they are used, so that you can store them. */
  on_tokens?: ((tokens: TokenPair) => void | Promise<void>) | undefined;
  keep?: undefined;
}

/** For a page of the server's own origin, whose session is kept in a cookie. */
export interface CookieClientOptions extends CommonOptions {
  /**
   * Renews the access token by the cookie that signing in with `keep: 'cookie'` has set: when it has expired, and when
   * there is none yet, as in a page that was just loaded.
   */
  keep: 'cookie';
  refresh_token?: undefined;
  /** Called with a new access token before it is used. */
  on_tokens?: ((tokens: CookieTokens) => void | Promise<void>) | undefined;
}

/** Every operation by its name: `client.create_ticket({ workspace_id, project_id, body })`. */
export type BatonClient = Calls & {
  /** The same calls, sent once. They return the response whatever its status. */
  readonly raw: RawCalls<RawResponse>;
  /** Walks a list to its end, item by item. */
  readonly pages: Pages;
  /**
   * Follows the events of a workspace, one by one, until `signal` or an error ends it. To continue later, store the
   * `offset` of the last event together with what you did for it, and pass it as `after`.
   */
  readonly follow: Follow;
  /** Downloads the file of an attachment. Its bytes are the body of the response, which the caller reads. */
  readonly download: Download;
  /** Sent with every call; set it after signing in. */
  access_token: string | undefined;
  /** Renews the access token. */
  refresh_token: string | undefined;
};

interface Page {
  data: unknown[];
  next_cursor: string | null;
}

interface Events {
  data: unknown[];
  next_offset: string;
}

/** The longest wait that a request for events may ask for, in seconds. */
const max_wait_s = 25;

/** The longest time that timers support, about 24 days. */
const max_timeout_ms = 2_147_483_647;

/** The longest wait that a server may ask `follow` for. */
const max_asked_to_follow_ms = 3_600_000;

/** How long a file may take, which is as long as a server allows by default. */
const bytes_timeout_ms = 600_000;

/** Every option of a client, and of a call. A misspelt one, which JavaScript doesn't notice, is refused. */
const client_options: Record<keyof ClientOptions | keyof CookieClientOptions, true> = {
  ...{ base_url: true, access_token: true, refresh_token: true, on_tokens: true, keep: true },
  ...{ timeout_ms: true, retries: true, max_wait_ms: true, on_response: true, fetch: true },
};
const call_options: Record<keyof CallOptions, true> = { signal: true, timeout_ms: true, retries: true, fetch: true };

/** The code with which a server of 0.2.0 refuses the header, before doing anything. */
const unsupported = 'idempotency_key_unsupported';

class Caller {
  readonly options: ClientOptions | CookieClientOptions;
  #sends_keys = true;
  #refreshing: Promise<void> | undefined;

  constructor(options: ClientOptions | CookieClientOptions) {
    this.options = { ...options };
  }

  /** Prepares a call for any number of attempts. A write has one key for all of them. */
  #prepare(id: OperationId, input: AnyInput, own: CallOptions, { keyed }: { keyed: boolean }): Call {
    const { base_url, fetch: given } = this.options;
    const usual_ms = operationOf(id)?.sends === 'bytes' ? bytes_timeout_ms : 30_000;
    const timeout_ms = own.timeout_ms ?? this.options.timeout_ms ?? usual_ms;
    const invalid = (says: string, cause?: unknown) =>
      new BatonApiError(id, { code: 'invalid_call', says, retryable: false, cause });
    const fault = faultOf(id, input) ?? faultOfOptions(own, call_options);
    if (fault !== undefined) throw invalid(fault);
    if (!Number.isInteger(timeout_ms) || timeout_ms < 1 || timeout_ms > max_timeout_ms)
      throw invalid(`timeout_ms must be a whole number from 1 to ${max_timeout_ms}`);
    try {
      const request = prepare(base_url, id, input);
      const takes_key = keyed && this.#sends_keys && operationOf(id).headers.includes('idempotency_key');
      const own_key = takes_key && !request.headers.has('idempotency-key');
      if (own_key) request.headers.set('idempotency-key', crypto.randomUUID());
      const fetch = own.fetch ?? given ?? globalThis.fetch;
      return {
        id,
        request,
        fetch,
        timeout_ms,
        signal: own.signal,
        own_key,
        renewed: false,
      };
    } catch (error) {
      throw invalid(error instanceof Error ? error.message : String(error), error);
    }
  }

  async #send(call: Call): Promise<RawResponse> {
    const response = await sendOnce(call, this.options.access_token);
    this.options.on_response?.(call.id, response, call.request.url);
    return response;
  }

  /** Makes an attempt, and if necessary another one with a renewed token or without a key. */
  async #attempt(call: Call): Promise<unknown> {
    const { access_token } = this.options;
    try {
      return bodyOf(call, await this.#send(call));
    } catch (error) {
      if (!(error instanceof BatonApiError)) throw error;
      if (!call.renewed && this.#canRenew(access_token, error)) {
        await this.#renew(access_token, error, call.signal);
        call.renewed = true; // only now: if the renewal failed, the repeated call may try it again
      } else if (error.code === unsupported && call.own_key) {
        this.#sends_keys = false;
        call.own_key = false;
        call.request.headers.delete('idempotency-key');
      } else {
        throw error;
      }
    }
    return this.#attempt(call);
  }

  /** Whether a refresh may replace a token that was refused or is missing. */
  #canRenew(access_token: string | undefined, { code }: BatonApiError): boolean {
    const { keep, refresh_token } = this.options;
    if (code === 'invalid_token') return keep === 'cookie' || refresh_token !== undefined;
    return code === 'unauthenticated' && access_token === undefined && keep === 'cookie';
  }

  /** Renews the token that was refused. Several calls that are refused at once renew it only once. */
  async #renew(refused: string | undefined, refusal: BatonApiError, signal: AbortSignal | undefined): Promise<void> {
    if (this.options.access_token !== refused) return; // renewed since
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    try {
      await unlessAborted(this.#refreshing, refusal, signal);
    } catch (error) {
      if (!(error instanceof BatonApiError) || error.status !== 401) throw error;
      refusal.cause = error; // the session is over
      throw refusal;
    }
  }

  async #refresh(): Promise<void> {
    const { options } = this;
    const { keep, access_token: refused, refresh_token } = options;
    const body = keep === 'cookie' ? { keep } : { refresh_token };
    const call = this.#prepare('refresh', { body }, {}, { keyed: true });
    // It is repeated with the call that needs it. `renewed` prevents a renewal when it is refused itself.
    const tokens = (await this.#attempt({ ...call, renewed: true })) as TokenPair;
    const { access_token } = tokens;
    const renewed = options.keep === 'cookie' ? undefined : tokens.refresh_token;
    // If somebody has signed in or out meanwhile, theirs are the tokens to use.
    const isReplaced = () =>
      ![refused, access_token].includes(options.access_token) ||
      ![refresh_token, renewed].includes(options.refresh_token);
    if (isReplaced()) return;
    if (options.keep === 'cookie') await options.on_tokens?.({ access_token, refresh_token: undefined });
    else await options.on_tokens?.({ access_token, refresh_token: tokens.refresh_token });
    if (isReplaced()) return;
    if (options.keep !== 'cookie') options.refresh_token = tokens.refresh_token;
    options.access_token = access_token;
  }

  #patience(id: OperationId, { retries: own, signal }: CallOptions): Patience {
    const { retries: usual = 4, max_wait_ms = 10_000 } = this.options;
    const retries = own ?? usual;
    // Neither is true of NaN, with which a call would be repeated without end.
    if (retries >= 0 && max_wait_ms >= 0) return { retries, max_wait_ms, max_asked_ms: max_wait_ms, signal };
    const says = 'retries and max_wait_ms must be numbers, 0 or more';
    throw new BatonApiError(id, { code: 'invalid_call', says, retryable: false });
  }

  async call(id: OperationId, input: AnyInput, own: CallOptions = {}): Promise<unknown> {
    const call = this.#prepare(id, input, own, { keyed: true });
    return persist(this.#patience(id, own), () => this.#attempt(call));
  }

  async raw(id: OperationId, input: AnyInput, own: CallOptions = {}): Promise<RawResponse> {
    return this.#send(this.#prepare(id, input, own, { keyed: false }));
  }

  async download(input: AnyInput, { from_byte, if_range, ...own }: DownloadOptions = {}): Promise<Response> {
    const range = rangeHeaders({ from_byte, if_range });
    const { path } = (await this.call('get_attachment_link', input, own)) as { path: string };
    const timeout_ms = own.timeout_ms ?? this.options.timeout_ms ?? bytes_timeout_ms;
    const call = this.#prepare('get_attachment_link', input, { ...own, timeout_ms }, { keyed: false });
    return persist(this.#patience(call.id, own), () => download(call, this.options.base_url, path, range));
  }

  async *pages(id: OperationId, input: AnyInput, own: CallOptions = {}): AsyncGenerator<unknown, undefined> {
    let cursor: string | null | undefined;
    do {
      const page = (await this.call(id, { ...input, ...(cursor ? { cursor } : {}) }, own)) as Page;
      yield* page.data;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }

  async *follow(input: AnyInput, own: CallOptions = {}): AsyncGenerator<unknown, undefined> {
    const { timeout_ms = this.options.timeout_ms ?? 30_000 } = own;
    // Half of the time of an attempt is left for the response to arrive.
    const wait = Math.max(1, Math.min(max_wait_s, Math.floor(timeout_ms / 2_000)));
    let next: AnyInput = { ...input, wait };
    // Without a limit on repetitions, because a server that is restarted is back within a minute. It, or a proxy in its
    // place, may ask to wait for longer than a single call would.
    const endless = { retries: Number.POSITIVE_INFINITY, max_asked_ms: max_asked_to_follow_ms };
    const patience = { ...this.#patience('read_events', own), ...endless };
    for (;;) {
      const call = this.#prepare('read_events', next, own, { keyed: false });
      const { data, next_offset } = (await persist(patience, () => this.#attempt(call))) as Events;
      for (const event of data) {
        if (own.signal?.aborted === true) throw aborted('read_events', own.signal.reason);
        yield event;
      }
      next = { ...next, after: next_offset };
    }
  }
}

/** Waits for the work, or throws if the caller aborts the call before. */
function unlessAborted<T>(work: Promise<T>, { operation }: BatonApiError, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const end = () => reject(aborted(operation, signal.reason));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/** Throws if no call could be sent to this URL. */
function requireBaseUrl(base_url: unknown): void {
  const url = typeof base_url === 'string' && URL.canParse(base_url) ? new URL(base_url) : undefined;
  const says = 'createClient: base_url must have no user name, password, query or fragment.'; // a password isn't repeated
  if (url && `${url.username}${url.password}${url.search}${url.hash}` !== '') throw new TypeError(says);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return;
  const given = typeof base_url === 'string' ? JSON.stringify(base_url) : String(base_url);
  throw new TypeError(`createClient: base_url must be an http or https URL, like https://example.com, not ${given}.`);
}

/** Creates a client of a Baton server. Throws a `TypeError` if no call could be sent to `base_url`, or for an unknown option. */
export function createClient(options: ClientOptions | CookieClientOptions): BatonClient {
  requireBaseUrl(options.base_url);
  const fault = faultOfOptions(options, client_options);
  if (fault !== undefined) throw new TypeError(`createClient: ${fault}.`);
  const caller = new Caller(options);
  const ids = Object.keys(operations) as OperationId[];
  const each = <T>(make: (id: OperationId, input: AnyInput, own?: CallOptions) => T) =>
    Object.fromEntries(ids.map((id) => [id, (input: AnyInput = {}, own?: CallOptions) => make(id, input, own)]));
  const client = {
    ...each((...given) => caller.call(...given)),
    raw: each((...given) => caller.raw(...given)),
    pages: each((...given) => caller.pages(...given)),
    follow: (...given: [AnyInput, CallOptions?]) => caller.follow(...given),
    download: (...given: [AnyInput, DownloadOptions?]) => caller.download(...given),
    get access_token() {
      return caller.options.access_token;
    },
    set access_token(token: string | undefined) {
      caller.options.access_token = token;
    },
    get refresh_token() {
      return caller.options.refresh_token;
    },
    set refresh_token(token: string | undefined) {
      caller.options.refresh_token = token;
    },
  };
  return client as unknown as BatonClient;
}
