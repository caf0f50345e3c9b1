import { crc32 } from 'node:zlib';
import { newToken, readToken, type Token } from '../lib/tokens.ts';

/**
 * Identifies an API token to people and secret scanners: `bat_[A-Za-z0-9_-]{92}`, of which the last six are a checksum.
 */
const prefix = 'bat_';

/** Returns the CRC-32 of the text, with which a truncated or invented token is refused without a query. */
function checksumOf(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64url');
}

export interface ReadApiToken {
  workspace_id: string;
  id: string;
  hash: Buffer;
}

export const isApiToken = (credential: string) => credential.startsWith(prefix);

/** Creates a token with 256 random bits. Nobody can guess so many, so a fast hash is enough. */
export function newApiToken(workspace_id: string, id: string): Token {
  const { token, hash } = newToken(prefix, [workspace_id, id]);
  return { token: token + checksumOf(token), hash };
}

/** Reads the text of a token; undefined if it can't be one of ours. */
export function readApiToken(text: string): ReadApiToken | undefined {
  const token = text.slice(0, -6);
  const read = readToken(prefix, token);
  if (read === undefined || text.slice(-6) !== checksumOf(token)) return undefined;
  const [workspace_id, id] = read.ids;
  return { workspace_id, id, hash: read.hash };
}
