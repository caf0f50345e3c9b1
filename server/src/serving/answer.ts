import { isTagged, type Operation, type Response } from '../http/contract.ts';

/** A success, ready to be sent, or to be kept and sent again. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Whether it has an entity tag, and the version in it. */
  tag?: { version: number | undefined } | undefined;
  /** What is sent as JSON; undefined where there is no body. */
  body: unknown;
}

/** What a dotted path leads to: `transition.sequence`. */
function at(fields: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], fields);
}

/** What an operation answers with this result: its status, its headers and its body, by its contract alone. */
export function render<O extends Operation>(operation: O, params: unknown, result: Response<O>): Answer {
  const fields = { ...(params as object), ...(result as object) } as Record<string, unknown>;
  const headers: Record<string, string> = {};
  if (operation.location !== undefined) {
    headers['Location'] = operation.location.replaceAll(/\{([\w.]+)\}/g, (_, path: string) => String(at(fields, path)));
  }
  if (operation.response === undefined) return { status: operation.status, headers, body: undefined };
  headers['Content-Type'] = 'application/json; charset=utf-8';
  const version = operation.etag === true ? (fields['version'] as number) : undefined;
  const tag = isTagged(operation) ? { version } : undefined;
  return { status: operation.status, headers, tag, body: result };
}
