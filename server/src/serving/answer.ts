import type { Response as ExpressResponse } from 'express';
import type { Logger } from 'pino';
import { isList, isTagged, type Operation, type Response } from '../http/contract.ts';
import { type ReadConditions, requireNoTag } from '../http/preconditions.ts';
import { type Sending, sendJson } from '../http/send.ts';
import { sendStream } from '../http/stream.ts';

/** A successful response, ready to be sent, or to be kept and sent again. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Present if it has an entity tag; `version` is the version in the tag, if there is one. */
  tag?: { version: number | undefined } | undefined;
  /** The value that is sent as JSON, or bytes that are sent unchanged; undefined if there is no body. */
  body: unknown;
  /** Server-sent events that are sent instead of a body, until they end. */
  frames?: AsyncIterable<string>;
}

type Fields = Record<string, unknown>;

/** The value at a dotted path, such as `transition.sequence`. */
function at(fields: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Fields)[name], fields);
}

/** A resource, or each item of a list, with only the fields that the request names; whole if it names none. */
export function narrowed(result: unknown, query: unknown): unknown {
  const { fields = [] } = (query ?? {}) as { fields?: readonly string[] };
  if (fields.length === 0) return result;
  const pick = (whole: Fields) => Object.fromEntries(fields.map((field) => [field, whole[field]]));
  const page = result as { data?: Fields[] };
  return page.data === undefined ? pick(result as Fields) : { ...page, data: page.data.map(pick) };
}

/** What a response depends on besides the contract and the result. */
interface Asked {
  params: unknown;
  query?: unknown;
  search?: string;
}

/** The Link to the next page (RFC 8288): the same request, with this cursor. */
function linkToNext({ path }: Operation, { params, search }: Asked, cursor: string): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((params as Fields)[name])),
  );
  const query = new URLSearchParams(search);
  query.set('cursor', cursor);
  // Commas are legal in a query and stay as they are: a list of a hundred ids has ninety-nine.
  return `<${filled}?${query.toString().replaceAll('%2C', ',')}>; rel="next"`;
}

const types = {
  'text/plain': 'text/plain; charset=utf-8',
  'application/x-ndjson': 'application/x-ndjson; charset=utf-8',
  'application/octet-stream': 'application/octet-stream',
} as const;

/**
 * The response of an operation with this result. Its status, headers and body depend on the contract, the request and
 * the result only.
 */
export function render<O extends Operation>(operation: O, asked: Asked, result: Response<O>): Answer {
  const fields = { ...(asked.params as object), ...(result as object) } as Fields;
  const headers: Record<string, string> = {};
  if (operation.location !== undefined) {
    headers['Location'] = operation.location.replaceAll(/\{([\w.]+)\}/g, (_, path: string) => String(at(fields, path)));
  }
  if (operation.kept === true) headers['Cache-Control'] = 'private, no-cache';
  if (operation.response === undefined) return { status: operation.status, headers, body: undefined };
  if (operation.media !== undefined) {
    headers['Content-Type'] = types[operation.media];
    const encoding = operation.media === 'application/octet-stream' ? 'latin1' : 'utf8';
    return {
      status: operation.status,
      headers,
      tag: { version: undefined },
      body: Buffer.from(result as string, encoding),
    };
  }
  headers['Content-Type'] = 'application/json; charset=utf-8';
  const next = isList(operation) ? (fields['next_cursor'] as string | null) : null;
  if (next !== null) headers['Link'] = linkToNext(operation, asked, next);
  const version = operation.etag === true ? (fields['version'] as number) : undefined;
  const tag = isTagged(operation) ? { version } : undefined;
  return { status: operation.status, headers, tag, body: narrowed(result, asked.query) };
}

/** Sends a response. A conditional read gets the body only if its client doesn't have it. */
export async function send(
  parts: Sending & { log: Logger },
  res: ExpressResponse,
  { status, headers, tag, body, frames }: Answer,
  conditions?: ReadConditions,
): Promise<void> {
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  if (frames !== undefined) {
    requireNoTag(conditions?.if_match); // a stream has no entity tag
    await sendStream(parts, res, frames);
  } else if (body === undefined) res.end();
  else await sendJson(parts, res, body, tag && { ...tag, ...conditions });
}
