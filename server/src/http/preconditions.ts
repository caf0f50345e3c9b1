import { BatonError, type ErrorData } from '../errors.ts';

/** The versions an If-Match names, or `*` for any. */
export type IfMatch = '*' | readonly number[];

/** Reads If-Match (RFC 9110, 13.1.1). Weak and foreign tags never match strongly, so they name no version. */
export function parseIfMatch(header: string | undefined): IfMatch | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return '*';
  const tags = header.split(',').map((tag) => tag.trim());
  if (tags.some((tag) => !/^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag))) {
    throw new BatonError('malformed_request', { detail: 'If-Match must be * or a list of entity tags like "7".' });
  }
  return tags.flatMap((tag) => (/^"\d{1,9}"$/.test(tag) ? [Number(tag.slice(1, -1))] : []));
}

/** Throws `precondition_failed` unless the current version is one of those asked for. */
export function requireMatch(
  if_match: IfMatch | undefined,
  current: number,
  data: ErrorData<'precondition_failed'> = {},
): void {
  if (if_match === undefined || if_match === '*' || if_match.includes(current)) return;
  throw new BatonError('precondition_failed', { current_version: current, ...data });
}
