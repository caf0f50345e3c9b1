import { BatonError, type ErrorData } from '../errors.ts';

/** The versions an If-Match names, or `*` for any. */
export type IfMatch = '*' | readonly number[];

// One entity tag and what ends it: the end, or a comma and the empty elements that a list may have (RFC 9110, 5.6.1).
const element = /[\t ]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[\t ]*(?:,[\t ,]*|$)/y;

/** The tags of a list; commas within their quotes are theirs. Undefined when it is no such list. */
function readTags(header: string): { weak: boolean; tag: string }[] | undefined {
  const tags: { weak: boolean; tag: string }[] = [];
  element.lastIndex = /^[\t ,]*/.exec(header)?.[0].length ?? 0;
  while (element.lastIndex < header.length) {
    const match = element.exec(header);
    if (match === null) return undefined;
    tags.push({ weak: match[1] !== undefined, tag: match[2] ?? '' });
  }
  return tags.length === 0 ? undefined : tags;
}

/** What a precondition names: `*`, or the versions among its tags, each in the one spelling that an ETag has. */
function parse(name: string, header: string, options: { weak: boolean }): IfMatch {
  if (header.trim() === '*') return '*';
  const tags = readTags(header);
  if (tags === undefined) {
    throw new BatonError('malformed_request', { detail: `${name} must be * or a list of entity tags like "7".` });
  }
  return tags.flatMap(({ weak, tag }) => ((options.weak || !weak) && /^[1-9]\d{0,9}$/.test(tag) ? [Number(tag)] : []));
}

/** Reads If-Match (RFC 9110, 13.1.1). Weak and foreign tags never match strongly, so they name no version. */
export function parseIfMatch(header: string | undefined): IfMatch | undefined {
  return header === undefined ? undefined : parse('If-Match', header, { weak: false });
}

/** What a resource is now, for a client that must decide again. */
type Current = Omit<ErrorData<'conflict'>, 'detail'>;

/** Throws `precondition_failed` unless the current version is one of those asked for. */
export function requireMatch(if_match: IfMatch | undefined, current: Current): void {
  if (if_match === undefined || if_match === '*' || if_match.includes(current.current_version)) return;
  throw new BatonError('precondition_failed', current);
}

/** Throws `precondition_failed` or `conflict` unless the resource has the version still that a write is based on. */
export function requireCurrent(
  base: { if_match: IfMatch | undefined; version: number | undefined },
  current: Current,
): void {
  requireMatch(base.if_match, current);
  if (base.version === undefined || base.version === current.current_version) return;
  const detail = `Version ${base.version} is not the current one. Read it again.`;
  throw new BatonError('conflict', { detail, ...current });
}

/**
 * For a write whose target has no entity tag: an If-Match with tags matches none, so the write must not be done (RFC 9110,
 * 13.2.1). `*` holds wherever the target is there.
 */
export function requireNoTag(if_match: IfMatch | undefined): void {
  if (if_match === undefined || if_match === '*') return;
  throw new BatonError('precondition_failed', { detail: 'What this request addresses has no entity tag to match.' });
}

/**
 * Refuses If-None-Match on a write: all of them change what is there or add to it, so `*` never holds, and a list of tags
 * says "unless it is so by now", which `If-Match` with the version that was seen says as well, and is compared.
 */
export function refuseIfNoneMatch(header: string | undefined): void {
  if (header === undefined) return;
  parse('If-None-Match', header, { weak: true });
  throw new BatonError('precondition_failed', { detail: 'A write takes If-Match, not If-None-Match.' });
}
