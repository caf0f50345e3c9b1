import { createHmac } from 'node:crypto';
import type { JwtKey } from '../config.ts';
import { newToken, readToken, type Token } from '../lib/tokens.ts';

const prefix = 'brt_';

/** Whose refresh token it is. */
interface Owner {
  user_id: string;
  session_id: string;
}

export interface RefreshToken extends Owner {
  token: string;
  /** What is kept of it. */
  hash: Buffer;
}

/** A session's first refresh token, or one that follows from no other. */
export function newRefreshToken({ user_id, session_id }: Owner): Token {
  return newToken(prefix, [user_id, session_id]);
}

/** Whose token it says it is; undefined if it can't be one of ours. */
export function readRefreshToken(token: string): RefreshToken | undefined {
  const read = readToken(prefix, token);
  if (read === undefined) return undefined;
  const [user_id, session_id] = read.ids;
  return { token, user_id, session_id, hash: read.hash };
}

/**
 * The token that replaces a spent one: always the same for the same key, so that a client that lost the response can
 * have it once more although only its hash is kept. It takes both the key and the spent token to make it. No signed
 * access token begins like this, so the key serves both purposes.
 */
export function successorOf(spent: RefreshToken, key: JwtKey): Token {
  const secret = createHmac('sha256', key.secret).update(`baton refresh token after ${spent.token}`).digest();
  return newToken(prefix, [spent.user_id, spent.session_id], secret);
}

/** A token of a session, by its hash. */
export interface KeptToken {
  token_hash: Buffer;
  spent: boolean;
}

/**
 * The session's live token, if it follows from the given one through tokens that were spent just now. While keys are
 * rotated, each step may have been signed with either key.
 */
export function liveSuccessor(
  from: RefreshToken,
  kept: readonly KeptToken[],
  keys: readonly JwtKey[],
): string | undefined {
  const spent = new Map(kept.map((one) => [one.token_hash.toString('hex'), one.spent]));
  let at = from;
  for (let steps = 0; steps < kept.length; steps++) {
    const next = keys.map((key) => successorOf(at, key)).find(({ hash }) => spent.has(hash.toString('hex')));
    if (next === undefined) return undefined;
    if (spent.get(next.hash.toString('hex')) === false) return next.token;
    at = { ...at, ...next };
  }
  return undefined;
}
