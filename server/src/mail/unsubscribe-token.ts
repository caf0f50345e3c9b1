import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { toBytes, toUuid } from '../lib/tokens.ts';
import type { Member } from './notification-queries.ts';

const prefix = 'bun_';
const id_bytes = 16;
const mac_bytes = 16;

function macOf(secret: Buffer, named: Buffer): Buffer {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'baton unsubscribe', 32));
  return createHmac('sha256', key).update(named).digest().subarray(0, mac_bytes);
}

/**
 * With it, whoever has a mail ends mail of notifications to its receiver, in its workspace, and does nothing else. It is kept nowhere, and
 * is valid for as long as BATON_SECRET is.
 */
export function unsubscribeToken(secret: Buffer, { workspace_id, user_id }: Member): string {
  const named = Buffer.concat([toBytes(workspace_id), toBytes(user_id)]);
  return prefix + Buffer.concat([named, macOf(secret, named)]).toString('base64url');
}

/** Whose token it is; undefined where it is none of ours. */
export function unsubscriberOf(secret: Buffer, token: string): Member | undefined {
  if (!token.startsWith(prefix)) return undefined;
  const bytes = Buffer.from(token.slice(prefix.length), 'base64url');
  if (bytes.length !== 2 * id_bytes + mac_bytes) return undefined;
  const named = bytes.subarray(0, 2 * id_bytes);
  if (!timingSafeEqual(bytes.subarray(2 * id_bytes), macOf(secret, named))) return undefined;
  return { workspace_id: toUuid(named.subarray(0, id_bytes)), user_id: toUuid(named.subarray(id_bytes)) };
}
