import { newToken, readToken } from '../lib/tokens.ts';

const prefix = 'brt_';

export interface RefreshToken {
  user_id: string;
  session_id: string;
  /** What is kept of it. */
  hash: Buffer;
}

/** A new refresh token of a session. */
export function newRefreshToken(owner: { user_id: string; session_id: string }): { token: string; hash: Buffer } {
  return newToken(prefix, [owner.user_id, owner.session_id]);
}

/** Whose token it says it is; undefined if it can't be one of ours. */
export function readRefreshToken(token: string): RefreshToken | undefined {
  const read = readToken(prefix, token);
  if (read === undefined) return undefined;
  const [user_id, session_id] = read.ids;
  return { user_id, session_id, hash: read.hash };
}
