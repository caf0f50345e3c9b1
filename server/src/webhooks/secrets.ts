import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { open, seal } from '../lib/seal.ts';

const prefix = 'whsec_';

/** The key that secrets of webhooks are sealed by. */
export function sealingKey(secret: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'baton webhooks', 32));
}

/** A new secret as its receiver gets it, and sealed as it is kept. */
export function newSecret(key: Buffer): { secret: string; sealed: Buffer } {
  const bytes = randomBytes(32);
  return { secret: prefix + bytes.toString('base64'), sealed: seal(key, bytes) };
}

/**
 * The bytes of a secret and of the one before; undefined where the secret was sealed under another BATON_SECRET. One before it
 * that was is left out: who rotates a secret that can't be read any more gets one that works.
 */
export function openSecrets(key: Buffer, [secret, ...before]: readonly [Buffer, ...Buffer[]]): Buffer[] | undefined {
  const opened = open(key, secret);
  return opened === undefined ? undefined : [opened, ...before.flatMap((one) => open(key, one) ?? [])];
}

/** The headers of a message by Standard Webhooks: its id, the time of the attempt, and a signature with each secret. */
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
