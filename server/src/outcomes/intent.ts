import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { type Identity, personOf } from '../access/authorize.ts';
import { BatonError } from '../errors.ts';
import { Replayed, type Intent, type IntentOf } from '../serving/intent.ts';
import { hashOf, readKey } from './keys.ts';
import { type Asked, claim, type Found, keep, recall } from './queries.ts';

const cipher = 'aes-256-gcm';
const nonce_bytes = 12;
const tag_bytes = 16;

/** The response in a form that needs the process's secret and the client's key: some carry a token that is shown once. */
function seal(key: Buffer, body: Uint8Array): Buffer {
  const nonce = randomBytes(nonce_bytes);
  const sealing = createCipheriv(cipher, key, nonce);
  return Buffer.concat([nonce, sealing.update(body), sealing.final(), sealing.getAuthTag()]);
}

/** Undefined where it was sealed under another secret. */
function open(key: Buffer, sealed: Buffer): Buffer | undefined {
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonce_bytes));
  opening.setAuthTag(sealed.subarray(-tag_bytes));
  try {
    return Buffer.concat([opening.update(sealed.subarray(nonce_bytes, -tag_bytes)), opening.final()]);
  } catch {
    return undefined;
  }
}

/** The hash that a key is found by: of the key and of whose it is, a person's or one of their tokens'. */
export function keyHashOf({ user_id, token }: Identity, key: string): Buffer {
  return createHash('sha256')
    .update(`${user_id}\n${token?.id ?? ''}\n${key}`)
    .digest();
}

/** The ticket whose texts a response may have; null for a response without them. */
function ticketOf(path: string, body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !path.includes('/tickets')) return null;
  const { id, ticket_id, ticket } = body as { id?: string; ticket_id?: string; ticket?: { id: string } };
  return ticket_id ?? ticket?.id ?? id ?? null;
}

/** Gives the intents of writes; their responses are sealed by a key derived from this secret. */
export function createIntentOf(secret: Buffer): IntentOf {
  const own_key = Buffer.from(hkdfSync('sha256', secret, '', 'baton outcomes', 32));

  return (header, { caller, method, path, rest, workspace_id }): Intent => {
    const key = readKey(header);
    const target = `${method.toUpperCase()} ${path}`;
    const key_hash = keyHashOf(caller, key);
    const asked: Asked = { user_id: personOf(caller), key_hash, target, arguments_hash: hashOf(rest) };
    const sealing_key = createHmac('sha256', own_key).update(key_hash).update(`${target}\n${key}`).digest();

    /** Throws the response that was given. */
    const replay = (found: Found): never => {
      if (!found.arguments_hash.equals(asked.arguments_hash)) throw new BatonError('idempotency_key_reused');
      const { status, headers } = found;
      const body = found.body === null ? undefined : open(sealing_key, found.body);
      if (found.forgotten || (found.body !== null && body === undefined)) throw new BatonError('response_gone');
      throw new Replayed({ status, headers: { ...headers, 'Idempotent-Replayed': 'true' }, body });
    };
    return {
      claim: async (tx) => {
        const found = await claim(tx, asked);
        if (found !== undefined) replay(found);
      },
      recall: async (db) => {
        const found = await recall(db, asked);
        if (found !== undefined) replay(found);
      },
      keep: (tx, { status, headers, body }, json) => {
        const sealed = json === undefined ? null : seal(sealing_key, json);
        const of = { workspace_id: workspace_id ?? null, ticket_id: ticketOf(path, body) };
        keep(tx, { ...asked, ...of, status, headers, body: sealed });
      },
    };
  };
}
