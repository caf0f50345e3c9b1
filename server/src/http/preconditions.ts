import type { IncomingHttpHeaders } from 'node:http';
import { BatonError, type ErrorData } from '../errors.ts';
import { versioned_tag } from './entity-tag.ts';

/** The versions an If-Match names, or `*` for any. */
export type IfMatch = '*' | readonly number[];

// One entity tag and its end: the end of the header, or a comma and the empty elements that a list may have (RFC 9110,
// 5.6.1).
const element = /[\t ]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[\t ]*(?:,[\t ,]*|$)/y;

interface Tag {
  weak: boolean;
  tag: string;
}

/** The tags of a list. A comma within quotes is part of a tag. Undefined if the header is no such list. */
function readTags(header: string): Tag[] | undefined {
  const tags: Tag[] = [];
  element.lastIndex = /^[\t ,]*/.exec(header)?.[0].length ?? 0;
  while (element.lastIndex < header.length) {
    const match = element.exec(header);
    if (match === null) return undefined;
    tags.push({ weak: match[1] !== undefined, tag: match[2] ?? '' });
  }
  return tags.length === 0 ? undefined : tags;
}

/** Parses what a precondition names: `*`, or its tags. */
function parse(name: string, header: string): '*' | Tag[] {
  if (header.trim() === '*') return '*';
  const tags = readTags(header);
  if (tags !== undefined) return tags;
  throw new BatonError('malformed_request', { detail: `${name} must be * or a list of entity tags like "7".` });
}

const max_version = 2 ** 31 - 1;

/**
 * Reads If-Match (RFC 9110, 13.1.1): the versions that its tags begin with. Weak and foreign tags never match strongly,
 * so they name no version, and neither does a number beyond the highest version.
 */
export function parseIfMatch(header: string | undefined): IfMatch | undefined {
  if (header === undefined) return undefined;
  const named = parse('If-Match', header);
  if (named === '*') return named;
  return named.flatMap(({ weak, tag }) => {
    const version = weak ? NaN : Number(versioned_tag.exec(tag)?.[1]);
    return version <= max_version ? [version] : [];
  });
}

/** The tags an If-None-Match names, without `W/`, or `*` for any. */
type IfNoneMatch = '*' | readonly string[];

/** Reads If-None-Match (RFC 9110, 13.1.2). */
function parseIfNoneMatch(header: string | undefined): IfNoneMatch | undefined {
  if (header === undefined) return undefined;
  const named = parse('If-None-Match', header);
  return named === '*' ? named : named.map(({ tag }) => tag);
}

/** The conditions of a read about the representation that its client has. */
export interface ReadConditions {
  if_match: IfMatch | undefined;
  if_none_match: IfNoneMatch | undefined;
}

/** Reads the conditions of a read; undefined if there are none, which is nearly always the case. */
export function readConditions(headers: IncomingHttpHeaders): ReadConditions | undefined {
  const { 'if-match': if_match, 'if-none-match': if_none_match } = headers;
  if (if_match === undefined && if_none_match === undefined) return undefined;
  return { if_match: parseIfMatch(if_match), if_none_match: parseIfNoneMatch(if_none_match) };
}

/** Whether the client already has the representation with this tag. The comparison is weak: it ignores `W/`. */
export function isKnown(if_none_match: IfNoneMatch | undefined, entity_tag: string): boolean {
  if (if_none_match === undefined || if_none_match === '*') return if_none_match === '*';
  return if_none_match.includes(entity_tag.slice(entity_tag.indexOf('"') + 1, -1));
}

/**
 * Evaluates the conditions of a read of a file, whose tag is strong and names no version (RFC 9110, 13.2.2). Returns whether the
 * client has the file already. Throws `precondition_failed`.
 */
export function hasFile(headers: IncomingHttpHeaders, entity_tag: string): boolean {
  const { 'if-match': if_match, 'if-none-match': if_none_match } = headers;
  const named = if_match === undefined ? '*' : parse('If-Match', if_match);
  if (named === '*' || named.some(({ weak, tag }) => !weak && `"${tag}"` === entity_tag))
    return isKnown(parseIfNoneMatch(if_none_match), entity_tag);
  throw new BatonError('precondition_failed', { detail: 'The file has none of the entity tags in If-Match.' });
}

/** The current state of a resource, for a client that must decide again. */
type Current = Omit<ErrorData<'conflict'>, 'detail'>;

/** Throws `precondition_failed` unless If-Match names the current version. */
export function requireMatch(if_match: IfMatch | undefined, current: Current): void {
  if (if_match === undefined || if_match === '*' || if_match.includes(current.current_version)) return;
  const detail =
    if_match.length === 0
      ? 'If-Match names no version: weak tags (W/"…") and those of other servers never match.'
      : 'The resource has another version by now. Read it again.';
  throw new BatonError('precondition_failed', { detail, ...current });
}

/** Throws `precondition_failed` or `conflict` unless the resource still has the version that the write is based on. */
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
 * For a resource without a strong entity tag. An If-Match with tags matches nothing, so the write must not be done (RFC
 * 9110, 13.2.1). `*` matches if the resource exists.
 */
export function requireNoTag(if_match: IfMatch | undefined): void {
  if (if_match === undefined || if_match === '*') return;
  throw new BatonError('precondition_failed', {
    detail: 'This request takes no version: leave out If-Match, or send If-Match: *.',
  });
}

/**
 * Refuses If-None-Match on a write. Every write changes or adds something, so `*` never holds. A list of tags would
 * mean "unless it is so already". `If-Match` with the version that the client has seen says that as well, and it is
 * compared.
 */
export function refuseIfNoneMatch(header: string | undefined): void {
  if (header === undefined) return;
  parse('If-None-Match', header);
  throw new BatonError('precondition_failed', { detail: 'A write takes If-Match, not If-None-Match.' });
}
