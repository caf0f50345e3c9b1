import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { type Identity, personOf } from '../access/authorize.ts';
import { BatonError } from '../errors.ts';
import { digestOf, entityTag } from '../http/entity-tag.ts';
import { open, seal } from '../lib/seal.ts';
import { Replayed, type Intent, type IntentOf } from '../serving/intent.ts';
import { hashOf, readKey } from './keys.ts';
import { type Asked, claim, type Done, type Found, keep, recall } from './queries.ts';

/** The hash that a key is found by: of the key itself and its owner, who is a person or one of their tokens. */
export function keyHashOf({ user_id, token }: Identity, key: string): Buffer {
  return createHash('sha256')
    .update(`${user_id}\n${token?.id ?? ''}\n${key}`)
    .digest();
}

/**
 * The ticket whose texts a response may contain, including a notification's ticket; null if it contains none. For the
 * response to a change of several tickets it is the id of their workspace.
 */
function ticketOf(path: string, body: unknown, workspace_id: string | null): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const { id, ticket_id, ticket } = body as { id?: string; ticket_id?: string; ticket?: { id: string } };
  if (path.endsWith('/tickets/bulk')) return workspace_id;
  return ticket_id ?? ticket?.id ?? (path.includes('/tickets') ? id : undefined) ?? null;
}

/** The stored response with the fields that were not known when it was stored, and with the entity tag of its bytes. */
function completed({ headers, json, learnt }: { headers: Done['headers']; json: Uint8Array; learnt: object }) {
  const value = Object.assign(JSON.parse(Buffer.from(json).toString()) as object, learnt) as { version?: number };
  const body = Buffer.from(JSON.stringify(value));
  const tag = 'ETag' in headers ? { ETag: entityTag(digestOf(body), value.version) } : {};
  return { headers: { ...headers, ...tag }, body };
}

/**
 * Creates the intents of writes. What is stored of them is encrypted with a key derived from this secret and the
 * client's key. Some responses contain a token that is shown once, and from a bare hash of a request's arguments,
 * anyone who reads the table could guess short ones, such as passwords and purged texts.
 */
export function createIntentOf(secret: Buffer): IntentOf {
  const own_key = Buffer.from(hkdfSync('sha256', secret, '', 'baton outcomes', 32));

  return (header, { caller, method, path, rest, workspace_id, session_id = '' }): Intent => {
    const key = readKey(header);
    const target = `${method.toUpperCase()} ${path}`;
    const key_hash = keyHashOf(caller, key);
    const asked: Asked = { user_id: personOf(caller), key_hash, target };
    const arguments_hash = hashOf(rest);
    const sealing_key = createHmac('sha256', own_key)
      .update(key_hash)
      .update(`${target}\n${session_id}\n${key}`)
      .digest();

    /** Throws the first response, or an error if it can't be repeated. */
    const replay = (found: Found): never => {
      const first_hash = found.arguments_hash === null ? undefined : open(sealing_key, found.arguments_hash);
      // It is no longer known whether this is the same write, so it isn't done again.
      if (first_hash === undefined) throw new BatonError('response_gone');
      if (!first_hash.equals(arguments_hash)) throw new BatonError('idempotency_key_reused');
      const { status, headers, learnt, workspace_id } = found;
      const json = found.body === null ? undefined : open(sealing_key, found.body);
      if (found.forgotten || (found.body !== null && json === undefined)) throw new BatonError('response_gone');
      const first =
        json === undefined || learnt === null ? { headers, body: json } : completed({ headers, json, learnt });
      const replayed = { ...first.headers, 'Idempotent-Replayed': 'true' };
      throw new Replayed({ status, headers: replayed, body: first.body }, workspace_id);
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
      keep: (tx, { status, headers, body }, json, { given = workspace_id, learnt } = {}) => {
        const forgotten = json === 'gone';
        // An empty text in place of the response: a purge forgets the arguments of those that have one.
        const sealed = json === undefined ? null : seal(sealing_key, forgotten ? Buffer.alloc(0) : json);
        const within = given ?? null;
        const of = { workspace_id: within, ticket_id: ticketOf(path, body, within) };
        const first_hash = seal(sealing_key, arguments_hash);
        keep(tx, { ...asked, ...of, arguments_hash: first_hash, status, headers, body: sealed, learnt, forgotten });
      },
    };
  };
}
