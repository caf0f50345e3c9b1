import { createHash, randomBytes } from 'node:crypto';

/** The 16 bytes of an id. */
export const toBytes = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex');
/** The hash of a token, which is stored in its place. */
export const hashOf = (token: string) => createHash('sha256').update(token).digest();

/** The id of 16 bytes. */
export function toUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A token as its owner gets it, and the hash that is stored of it. */
export interface Token {
  token: string;
  hash: Buffer;
}

/**
 * Creates an opaque token of two ids and a secret of 256 bits, random by default. Its row is sharded by the first id.
 * Only its SHA-256 is stored; the ids are claims that prove nothing until the hash matches.
 */
export function newToken(prefix: string, ids: readonly [string, string], secret = randomBytes(32)): Token {
  const bytes = Buffer.concat([...ids.map(toBytes), secret]);
  const token = prefix + bytes.toString('base64url');
  return { token, hash: hashOf(token) };
}

/** The ids in a token, and its hash; undefined if it can't be one of ours. */
export function readToken(prefix: string, token: string): { ids: [string, string]; hash: Buffer } | undefined {
  const bytes = Buffer.from(token.slice(prefix.length), 'base64url');
  if (!token.startsWith(prefix) || bytes.length !== 64) return undefined;
  return { ids: [toUuid(bytes.subarray(0, 16)), toUuid(bytes.subarray(16, 32))], hash: hashOf(token) };
}
