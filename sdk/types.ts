import type { operations as Operations } from './generated.ts';
import type { operations } from './operations.ts';

export type OperationId = keyof typeof operations;

/** How an operation is called. */
export interface Operation {
  method: string;
  path: string;
  query: readonly string[];
  /** Headers of the request as fields of the input: `if_match`. */
  headers: readonly string[];
  /** Whether it takes a body. */
  body: boolean;
  /** The kind of the request's body if it isn't JSON. */
  sends?: string;
  /** Whether a success has a body. */
  returns: boolean;
  /** The kind of the response's body if it isn't JSON. */
  media?: string;
}

type Flat<T> = { [Key in keyof T]: T[Key] };
type OrNothing<T> = [T] extends [never] ? unknown : T;
type FieldOf<Header> = Header extends `${infer Start}-${infer Rest}` ? `${Start}_${FieldOf<Rest>}` : Header;

type PathOf<O> = O extends { parameters: { path: infer P } } ? P : unknown;
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? OrNothing<NonNullable<Q>> : unknown;
type HeadersOf<O> = O extends { parameters: { header?: infer H } }
  ? OrNothing<NonNullable<H>> extends infer Given
    ? { [Name in keyof Given as Lowercase<FieldOf<Name & string>>]: Given[Name] }
    : never
  : unknown;
/** The body of an upload. It is given whole, so that it can be sent again. */
export type Bytes = Blob | Uint8Array<ArrayBuffer> | ArrayBuffer;

type BodyOf<O> = O extends { requestBody: { content: { 'application/json': infer B } } }
  ? { body: B }
  : O extends { requestBody: { content: { 'application/octet-stream': unknown } } }
    ? { body: Bytes }
    : unknown;

type FieldsOf<O> = Flat<PathOf<O> & QueryOf<O> & HeadersOf<O> & BodyOf<O>>;

/** What an operation is called with: parameters and headers side by side, the body as `body`. */
export type Input<Id extends OperationId> = keyof FieldsOf<Operations[Id]> extends never
  ? Record<string, never>
  : FieldsOf<Operations[Id]>;

type Success<R> = R extends { 200: infer S } | { 201: infer S } | { 202: infer S } ? S : never;

type BodyIn<Content> = Content extends { 'application/json': infer B }
  ? B
  : Content extends { 'application/octet-stream': unknown }
    ? Uint8Array
    : string;

type Responded<Id extends OperationId> =
  Success<Operations[Id]['responses']> extends { content: infer C } ? BodyIn<C> : undefined;

type FieldsOfBody<Id extends OperationId> = Input<Id> extends { body: infer B } ? keyof B : never;

/** The operations that return a refresh token: in the response, or with `keep` in a cookie. */
type KeepId = { [Id in OperationId]: 'keep' extends FieldsOfBody<Id> ? Id : never }[OperationId];

/** What an operation returns. For one that returns a refresh token, this is the response without `keep`. */
export type Output<Id extends OperationId> = Id extends KeepId
  ? Responded<Id> & { refresh_token: string }
  : Responded<Id>;

/** The options of a single call. */
export interface CallOptions {
  /** Ends the call, and the waiting before a retry. */
  signal?: AbortSignal | undefined;
  /** Milliseconds after which an attempt is given up. */
  timeout_ms?: number | undefined;
  /** How often a failed attempt may be repeated. */
  retries?: number | undefined;
  /** Sends this call’s requests, for example to report the progress of an upload in a browser. */
  fetch?: typeof fetch | undefined;
}

/** The options of a download. */
export interface DownloadOptions extends CallOptions {
  /** Leaves out the first bytes of the file: as many as you have. The response is then 206. */
  from_byte?: number | undefined;
  /**
   * The ETag of the response that these bytes are from. If the file has another one, the response is the whole file, with 200.
   */
  if_range?: string | undefined;
}

type Arguments<Id extends OperationId> =
  Record<string, never> extends Input<Id>
    ? [input?: Input<Id>, options?: CallOptions]
    : [input: Input<Id>, options?: CallOptions];

type Ids = typeof operations;
type ListId = {
  [Id in OperationId]: Output<Id> extends { next_cursor: string | null } ? Id : never;
}[OperationId];
type Item<Id extends ListId> = Output<Id> extends { data: (infer T)[] } ? T : never;

/** Without `keep`, the response has the refresh token. */
interface KeepCall<Id extends KeepId> {
  (input: Input<Id> & { body: { keep?: undefined } }, options?: CallOptions): Promise<Output<Id>>;
  (input: Input<Id>, options?: CallOptions): Promise<Responded<Id>>;
}

// Mapped over the table itself, so that each method has the doc comment of its entry.
export type Calls = {
  readonly [Id in keyof Ids]: Id extends KeepId ? KeepCall<Id> : (...args: Arguments<Id>) => Promise<Output<Id>>;
};
export type RawCalls<Response> = { readonly [Id in keyof Ids]: (...args: Arguments<Id>) => Promise<Response> };
export type Pages = { readonly [Id in ListId]: (...args: Arguments<Id>) => AsyncGenerator<Item<Id>, undefined> };
export type Download = (input: Input<'get_attachment_link'>, options?: DownloadOptions) => Promise<Response>;
export type Follow = (
  ...args: Arguments<'read_events'>
) => AsyncGenerator<Output<'read_events'>['data'][number], undefined>;
