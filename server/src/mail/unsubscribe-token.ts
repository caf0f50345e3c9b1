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
 * Creates the token of an unsubscribe link. Anyone who has it can end mail of notifications to the mail's receiver in
 * its workspace, and nothing else. The token is stored nowhere, and is valid until BATON_SECRET changes.
 */
export function unsubscribeToken(secret: Buffer, { workspace_id, user_id }: Member): string {
  const named = Buffer.concat([toBytes(workspace_id), toBytes(user_id)]);
  return prefix + Buffer.concat([named, macOf(secret, named)]).toString('base64url');
}

/** Returns the member that the token is for; undefined if the token isn't one of ours. */
export function unsubscriberOf(secret: Buffer, token: string): Member | undefined {
  if (!token.startsWith(prefix)) return undefined;
  const bytes = Buffer.from(token.slice(prefix.length), 'base64url');
  if (bytes.length !== 2 * id_bytes + mac_bytes) return undefined;
  const named = bytes.subarray(0, 2 * id_bytes);
  if (!timingSafeEqual(bytes.subarray(2 * id_bytes), macOf(secret, named))) return undefined;
  return { workspace_id: toUuid(named.subarray(0, id_bytes)), user_id: toUuid(named.subarray(id_bytes)) };
}
