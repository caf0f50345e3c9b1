import { crc32 } from 'node:zlib';
import { newToken, readToken, type Token } from '../lib/tokens.ts';

/** Tells what it is to people and to scanners for secrets: `bat_[A-Za-z0-9_-]{92}`, the last six a checksum. */
const prefix = 'bat_';

/** The CRC-32 of the text before it: a truncated or invented token is recognized without a query. */
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

/** A new token, with 256 random bits: so many can't be tried, which is why a fast hash is enough. */
export function newApiToken(workspace_id: string, id: string): Token {
  const { token, hash } = newToken(prefix, [workspace_id, id]);
  return { token: token + checksumOf(token), hash };
}

/** Which token the text says it is; undefined if it can't be one of ours. */
export function readApiToken(text: string): ReadApiToken | undefined {
  const token = text.slice(0, -6);
  const read = readToken(prefix, token);
  if (read === undefined || text.slice(-6) !== checksumOf(token)) return undefined;
  const [workspace_id, id] = read.ids;
  return { workspace_id, id, hash: read.hash };
}
