import { createHmac } from 'node:crypto';
import type { JwtKey } from '../config.ts';
import { newToken, readToken, type Token } from '../lib/tokens.ts';

const prefix = 'brt_';

/** The user and session of a refresh token. */
interface Owner {
  user_id: string;
  session_id: string;
}

export interface RefreshToken extends Owner {
  token: string;
  /** The part of the token that is stored. */
  hash: Buffer;
}

/** Creates a random refresh token: a session's first one, or one that is not the successor of another. */
export function newRefreshToken({ user_id, session_id }: Owner): Token {
  return newToken(prefix, [user_id, session_id]);
}

/** Reads a refresh token with the user and session it names; undefined if it can't be one of ours. */
export function readRefreshToken(token: string): RefreshToken | undefined {
  const read = readToken(prefix, token);
  if (read === undefined) return undefined;
  const [user_id, session_id] = read.ids;
  return { token, user_id, session_id, hash: read.hash };
}

/**
 * Derives the token that replaces a spent one. It is always the same for the same key, so that a client that lost the
 * response can get it again although only its hash is stored. Deriving it takes both the key and the spent token. No
 * signed access token begins like the text that is hashed here, so one key can serve both purposes.
 */
export function successorOf(spent: RefreshToken, key: JwtKey): Token {
  const secret = createHmac('sha256', key.secret).update(`baton refresh token after ${spent.token}`).digest();
  return newToken(prefix, [spent.user_id, spent.session_id], secret);
}

/** The hash of a session's token, and whether the token is spent. */
export interface KeptToken {
  token_hash: Buffer;
  spent: boolean;
}

/**
 * Returns the session's live token if it follows from the given one through tokens that were spent just now. While keys
 * rotate, each step may have used either key.
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
