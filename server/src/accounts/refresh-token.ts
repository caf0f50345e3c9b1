import { createHash, randomBytes } from 'node:crypto';

const prefix = 'brt_';

export interface RefreshToken {
  user_id: string;
  session_id: string;
  /** What is kept of it. */
  hash: Buffer;
}

const toBytes = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex');

function toUuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const hashOf = (token: string) => createHash('sha256').update(token).digest();

/** A new opaque token. It carries whose it is, so that the statement that looks it up is keyed by user. */
export function newRefreshToken(owner: { user_id: string; session_id: string }): { token: string; hash: Buffer } {
  const bytes = Buffer.concat([toBytes(owner.user_id), toBytes(owner.session_id), randomBytes(32)]);
  const token = prefix + bytes.toString('base64url');
  return { token, hash: hashOf(token) };
}

/** Whose token it says it is; undefined if it can't be one of ours. Only the stored hash proves it. */
export function readRefreshToken(token: string): RefreshToken | undefined {
  const bytes = Buffer.from(token.slice(prefix.length), 'base64url');
  if (!token.startsWith(prefix) || bytes.length !== 64) return undefined;
  return {
    user_id: toUuid(bytes.subarray(0, 16)),
    session_id: toUuid(bytes.subarray(16, 32)),
    hash: hashOf(token),
  };
}
