import { type Operations, operations, type Problem } from './generated.ts';

export type OperationId = keyof Operations;
export type Input<Id extends OperationId> = Operations[Id]['input'];
export type Output<Id extends OperationId> = Operations[Id]['output'];

/** What came back, whatever it was. `body` is a problem when the status isn't 2xx. */
export interface RawResponse<Body = unknown> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface ClientOptions {
  base_url: string;
  access_token?: string | undefined;
  /** Milliseconds until a call is given up; 30,000 unless said. */
  timeout_ms?: number;
  /** Sees every answer: for logging, or for checking. */
  on_response?: (operation: OperationId, response: RawResponse) => void;
}

/** An answer that isn't 2xx. */
export class BatonApiError extends Error {
  readonly status: number;
  readonly code: Problem['code'];
  readonly problem: Problem;
  readonly headers: Headers;

  constructor(operation: OperationId, response: RawResponse<Problem>) {
    super(`${operation}: ${response.status} ${response.body.code}: ${response.body.detail ?? response.body.title}`);
    this.name = 'BatonApiError';
    this.status = response.status;
    this.code = response.body.code;
    this.problem = response.body;
    this.headers = response.headers;
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
  /** The same calls, never throwing for a status. */
  raw: RawCalls;
  /** Walks a list to its end, item by item. */
  pages: Pages;
  /** Sent with every call; set it after signing in. */
  access_token: string | undefined;
};

type AnyInput = Record<string, unknown> & { body?: unknown; if_match?: string };

function urlOf(base_url: string, id: OperationId, input: AnyInput): URL {
  const { path, query } = operations[id];
  const url = new URL(
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name]))),
    base_url,
  );
  for (const name of query) {
    const value = input[name] as string | number | undefined;
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

async function send(options: ClientOptions, id: OperationId, input: AnyInput): Promise<RawResponse> {
  const headers = new Headers({ accept: 'application/json' });
  if (options.access_token !== undefined) headers.set('authorization', `Bearer ${options.access_token}`);
  if (input.if_match !== undefined) headers.set('if-match', input.if_match);
  if (input.body !== undefined) headers.set('content-type', 'application/json');
  const answer = await fetch(urlOf(options.base_url, id, input), {
    method: operations[id].method,
    headers,
    body: input.body === undefined ? null : JSON.stringify(input.body),
    signal: AbortSignal.timeout(options.timeout_ms ?? 30_000),
  });
  const text = await answer.text();
  const is_json = answer.headers.get('content-type')?.includes('json') === true;
  const body: unknown = is_json && text !== '' ? JSON.parse(text) : text === '' ? undefined : text;
  const response = { status: answer.status, headers: answer.headers, body };
  options.on_response?.(id, response);
  return response;
}

async function call(options: ClientOptions, id: OperationId, input: AnyInput): Promise<unknown> {
  const response = await send(options, id, input);
  if (response.status >= 200 && response.status < 300) return response.body;
  throw new BatonApiError(id, response as RawResponse<Problem>);
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
