import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { open, seal } from '../lib/seal.ts';

const prefix = 'whsec_';

/** Derives the key that secrets of webhooks are sealed with. */
export function sealingKey(secret: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'baton webhooks', 32));
}

/** Creates a secret. Returns its text for the receiver, and its sealed form for the database. */
export function newSecret(key: Buffer): { secret: string; sealed: Buffer } {
  const bytes = randomBytes(32);
  return { secret: prefix + bytes.toString('base64'), sealed: seal(key, bytes) };
}

/**
 * Opens a secret and the previous ones. Returns undefined if the secret was sealed under another BATON_SECRET. A
 * previous secret that can't be opened is left out, so that rotating an unreadable secret gives one that works.
 */
export function openSecrets(key: Buffer, [secret, ...before]: readonly [Buffer, ...Buffer[]]): Buffer[] | undefined {
  const opened = open(key, secret);
  return opened === undefined ? undefined : [opened, ...before.flatMap((one) => open(key, one) ?? [])];
}

/** Returns a message's headers by Standard Webhooks: its id, the attempt's time, and a signature with each secret. */
export function signedHeaders(
  secrets: readonly Buffer[],
  { id, body, now_ms }: { id: string; body: string; now_ms: number },
) {
  const timestamp = String(Math.floor(now_ms / 1000));
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
