import { newToken, readToken, type Token } from '../lib/tokens.ts';

const prefix = 'bit_';

/** Creates a token for an invitation. */
export function newInvitationToken(workspace_id: string, id: string): Token {
  return newToken(prefix, [workspace_id, id]);
}

/** Returns the invitation that the token names, or undefined if the token is malformed. */
export function readInvitationToken(token: string): { workspace_id: string; id: string; hash: Buffer } | undefined {
  const read = readToken(prefix, token);
  if (read === undefined) return undefined;
  const [workspace_id, id] = read.ids;
  return { workspace_id, id, hash: read.hash };
}
