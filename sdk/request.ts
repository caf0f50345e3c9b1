import { operations } from './operations.ts';
import type { Bytes, Operation, OperationId } from './types.ts';

export type AnyInput = Record<string, unknown> & { body?: unknown };

type Sendable = string | number | boolean;

const path_parameter = /\{(\w+)\}/g;

export const operationOf = (id: OperationId): Operation => operations[id];

const isBytes = (body: unknown) => body instanceof Blob || body instanceof Uint8Array || body instanceof ArrayBuffer;

/** What is wrong with the input, for callers in JavaScript, where no types are checked. */
export function faultOf(id: OperationId, input: AnyInput): string | undefined {
  if (typeof input !== 'object' || input === null) return 'needs an object of parameters, or nothing';
  const { path, query, body, sends, headers } = operationOf(id);
  const in_path = [...path.matchAll(path_parameter)].map(([, name]) => name as string);
  const known = [...in_path, ...query, ...headers, ...(body ? ['body'] : [])];
  for (const [name, value] of Object.entries(input)) {
    if (!known.includes(name)) return `there is no parameter ${name}, only: ${known.join(', ') || 'none'}`;
    const sendable = name === 'body' || value === undefined || ['string', 'number', 'boolean'].includes(typeof value);
    if (!sendable) return `${name} must be a string, a number or a boolean`;
  }
  for (const name of in_path) {
    // A URL would lose these: `tickets/..` is the workspace.
    const value = input[name];
    if (value === undefined || value === '' || value === '.' || value === '..') {
      return `needs ${name}${value === undefined ? '' : `, which can’t be ${JSON.stringify(value)}`}`;
    }
  }
  if (sends === 'bytes' && !isBytes(input.body)) return 'needs as its body a Blob, a Uint8Array or an ArrayBuffer';
  return body && input.body === undefined ? 'needs a body' : undefined;
}

/** What is wrong with the names of options. */
export function faultOfOptions(given: object, known: Record<string, true>): string | undefined {
  const name = Object.keys(given).find((each) => !Object.hasOwn(known, each));
  return name === undefined ? undefined : `there is no option ${name}, only: ${Object.keys(known).join(', ')}`;
}

/** The URL of a call. A path of the base URL is kept. */
function urlOf(base_url: string, id: OperationId, input: AnyInput): URL {
  const { path, query } = operationOf(id);
  const url = new URL(base_url);
  const filled = path.replaceAll(path_parameter, (_, name: string) => encodeURIComponent(input[name] as Sendable));
  url.pathname = url.pathname.replace(/\/+$/, '') + filled;
  for (const name of query) {
    const value = input[name] as Sendable | undefined;
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

export interface Prepared {
  url: URL;
  method: string;
  headers: Headers;
  body: string | Bytes | null;
}

/** The request of a call, without its credential. Throws if the input can’t be written. */
export function prepare(base_url: string, id: OperationId, input: AnyInput): Prepared {
  const { method, headers: names, sends } = operationOf(id);
  const headers = new Headers({ accept: 'application/json' });
  for (const name of names) {
    const value = input[name] as Sendable | undefined;
    if (value !== undefined) headers.set(name.replaceAll('_', '-'), String(value));
  }
  if (input.body !== undefined)
    headers.set('content-type', sends === 'bytes' ? 'application/octet-stream' : 'application/json');
  const body = input.body === undefined ? null : sends === 'bytes' ? (input.body as Bytes) : JSON.stringify(input.body);
  return { url: urlOf(base_url, id, input), method, headers, body };
}
