import { type Operations, operations, type Problem } from './generated.ts';

export type OperationId = keyof Operations;
export type Input<Id extends OperationId> = Operations[Id]['input'];
export type Output<Id extends OperationId> = Operations[Id]['output'];

/** A response, whatever its status. `body` is the parsed JSON, or the text if it is no JSON. */
export interface RawResponse<Body = unknown> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface ClientOptions {
  /** Where the server is, with the path it is served under, if any: `https://example.com/baton`. */
  base_url: string;
  access_token?: string | undefined;
  /** Milliseconds after which a call is given up; 30,000 by default. */
  timeout_ms?: number;
  /** Called with every response: for logging, or for checking. */
  on_response?: (operation: OperationId, response: RawResponse) => void;
}

/** No response arrived: the server could not be reached, or did not respond in time. `cause` says why. */
export class BatonConnectionError extends Error {
  constructor(operation: OperationId, cause: unknown) {
    super(`${operation}: no response: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'BatonConnectionError';
  }
}

/** A response that isn't a success. If it isn't a `BatonApiError` too, it isn't Baton's own: a proxy's page, or cut off. */
export class BatonResponseError extends Error {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;

  constructor(message: string, response: RawResponse, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'BatonResponseError';
    this.status = response.status;
    this.headers = response.headers;
    this.body = response.body;
  }
}

/** A problem that Baton responded with. `problem.code` tells what else `problem` carries. */
export class BatonApiError extends BatonResponseError {
  readonly code: Problem['code'];
  readonly problem: Problem;

  constructor(operation: OperationId, response: RawResponse<Problem>) {
    const { code, detail, title } = response.body;
    super(`${operation}: ${response.status} ${code}: ${detail ?? title}`, response);
    this.name = 'BatonApiError';
    this.code = code;
    this.problem = response.body;
  }
}

type Arguments<Id extends OperationId> =
  Record<string, never> extends Input<Id> ? [input?: Input<Id>] : [input: Input<Id>];

type Calls = { [Id in OperationId]: (...input: Arguments<Id>) => Promise<Output<Id>> };
type RawCalls = { [Id in OperationId]: (...input: Arguments<Id>) => Promise<RawResponse> };
type ListId = { [Id in OperationId]: Output<Id> extends { next_cursor: string | null } ? Id : never }[OperationId];
type Item<Id extends ListId> = Output<Id> extends { data: (infer T)[] } ? T : never;
type Pages = { [Id in ListId]: (...input: Arguments<Id>) => AsyncGenerator<Item<Id>> };

interface Page {
  data: unknown[];
  next_cursor: string | null;
}

/** Everything by name: `client.create_ticket({ workspace_id, project_id, body })`. */
export type BatonClient = Calls & {
  /** The same calls; they return the response whatever its status. */
  raw: RawCalls;
  /** Walks a list to its end, item by item. */
  pages: Pages;
  /** Sent with every call; set it after signing in. */
  access_token: string | undefined;
};

type Sendable = string | number | boolean;
type AnyInput = Record<string, unknown> & { body?: unknown; if_match?: string };

const path_parameter = /\{(\w+)\}/g;

/** Throws for whatever could not be sent as it is meant: the types say so too, but not to JavaScript. */
function checkInput(id: OperationId, input: AnyInput): void {
  const { path, query, body, headers } = operations[id];
  const in_path = [...path.matchAll(path_parameter)].map(([, name]) => name as string);
  const known = [...in_path, ...query, ...headers, ...(body ? ['body'] : [])];
  for (const [name, value] of Object.entries(input)) {
    if (!known.includes(name)) {
      throw new TypeError(`${id} has no parameter ${name}. It has: ${known.join(', ') || 'none'}.`);
    }
    const sendable = name === 'body' || value === undefined || ['string', 'number', 'boolean'].includes(typeof value);
    if (!sendable) throw new TypeError(`${id}: ${name} must be a string, a number or a boolean.`);
  }
  for (const name of in_path) {
    // A URL would lose these: `tickets/..` is the workspace.
    const value = input[name];
    if (value === undefined || value === '' || value === '.' || value === '..') {
      throw new TypeError(`${id} needs ${name}${value === undefined ? '' : `, and ${JSON.stringify(value)} is none`}.`);
    }
  }
  if (body && input.body === undefined) throw new TypeError(`${id} needs a body.`);
}

function urlOf(base_url: string, id: OperationId, input: AnyInput): URL {
  const { path, query } = operations[id];
  const url = new URL(base_url);
  const filled = path.replaceAll(path_parameter, (_, name: string) => encodeURIComponent(input[name] as Sendable));
  url.pathname = url.pathname.replace(/\/$/, '') + filled;
  for (const name of query) {
    const value = input[name] as Sendable | undefined;
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** The body as JSON if it is some, else as text. */
function parse(headers: Headers, text: string): unknown {
  if (text === '') return undefined;
  if (headers.get('content-type')?.includes('json') !== true) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function receive(options: ClientOptions, id: OperationId, input: AnyInput): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' });
  if (options.access_token !== undefined) headers.set('authorization', `Bearer ${options.access_token}`);
  if (input.if_match !== undefined) headers.set('if-match', input.if_match);
  if (input.body !== undefined) headers.set('content-type', 'application/json');
  const url = urlOf(options.base_url, id, input);
  const body = input.body === undefined ? null : JSON.stringify(input.body);
  const signal = AbortSignal.timeout(options.timeout_ms ?? 30_000);
  try {
    return await fetch(url, { method: operations[id].method, headers, body, signal });
  } catch (error) {
    throw new BatonConnectionError(id, error);
  }
}

async function send(options: ClientOptions, id: OperationId, input: AnyInput): Promise<RawResponse> {
  checkInput(id, input);
  const received = await receive(options, id, input);
  const { status, headers } = received;
  const text = await received.text().catch((error: unknown) => {
    throw new BatonResponseError(
      `${id}: ${status}, and the response was cut off`,
      { status, headers, body: '' },
      error,
    );
  });
  const response = { status, headers, body: parse(headers, text) };
  options.on_response?.(id, response);
  return response;
}

function isProblem(response: RawResponse): response is RawResponse<Problem> {
  const { body } = response;
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}

async function call(options: ClientOptions, id: OperationId, input: AnyInput): Promise<unknown> {
  const response = await send(options, id, input);
  const { status, body } = response;
  const succeeded = status >= 200 && status < 300;
  if (succeeded && (operations[id].returns ? typeof body === 'object' : body === undefined)) return body;
  if (!succeeded && isProblem(response)) throw new BatonApiError(id, response);
  throw new BatonResponseError(`${id}: ${status} with a body that is not Baton's`, response);
}

async function* walk(options: ClientOptions, id: OperationId, input: AnyInput): AsyncGenerator {
  let cursor: string | null | undefined;
  do {
    const page = (await call(options, id, { ...input, ...(cursor ? { cursor } : {}) })) as Page;
    yield* page.data;
    cursor = page.next_cursor;
  } while (cursor !== null);
}

/** A client of a Baton server. It retries nothing by itself. */
export function createClient(given: ClientOptions): BatonClient {
  const options = { ...given };
  const ids = Object.keys(operations) as OperationId[];
  const each = <T>(make: (id: OperationId, input: AnyInput) => T) =>
    Object.fromEntries(ids.map((id) => [id, (input: AnyInput = {}) => make(id, input)]));
  const client = {
    ...each((id, input) => call(options, id, input)),
    raw: each((id, input) => send(options, id, input)),
    pages: each((id, input) => walk(options, id, input)),
    get access_token() {
      return options.access_token;
    },
    set access_token(token: string | undefined) {
      options.access_token = token;
    },
  };
  return client as unknown as BatonClient;
}
