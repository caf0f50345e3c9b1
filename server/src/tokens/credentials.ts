import type pg from 'pg';
import type { Logger } from 'pino';
import { type Identity, personOf, type TokenIdentity } from '../access/authorize.ts';
import { readOnly, transaction } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { noteUse, tokenByHash } from './queries.ts';
import { isApiToken, type ReadApiToken, readApiToken } from './token.ts';

const remembered_ms = 60_000;
const max_remembered = 10_000;

interface Known {
  identity: TokenIdentity;
  /** By the process's monotonic clock. */
  until_ms: number;
}

interface Parts {
  /** Verifies the access tokens of sessions. */
  access_tokens: { verify: (token: string) => Identity };
  pool: pg.Pool;
  log: Logger;
}

/**
 * Identifies the caller by the credential of a request: an access token by its signature, an API token by its hash.
 * Whether the credential is still live is checked in the database, in the transaction of each request.
 */
export class Credentials {
  readonly #parts: Parts;
  /**
   * The API tokens that were found live within the last minute, by their hash, the oldest first. A token's data never
   * changes. An entry expires so that the token's use is noted from time to time, and so that a token that has ended is
   * refused like an unknown one.
   */
  readonly #known = new Map<string, Known>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Identifies the caller. Throws the same `invalid_token` for everything that is not a valid token. The query counts
   * towards the network's share, because the token proves nothing until the query has returned.
   */
  identify(credential: string, from: { network: string }): Identity | Promise<Identity> {
    if (!isApiToken(credential)) return this.#parts.access_tokens.verify(credential);
    const token = readApiToken(credential);
    if (token === undefined) throw new BatonError('invalid_token');
    const key = token.hash.toString('base64');
    const known = this.#known.get(key);
    if (known !== undefined && known.until_ms > performance.now()) return known.identity;
    this.#known.delete(key);
    return this.#find(token, key, from);
  }

  async #find(token: ReadApiToken, key: string, { network }: { network: string }): Promise<TokenIdentity> {
    const { workspace_id, id } = token;
    const found = await readOnly(this.#parts.pool, { workspace_id, network }, (db) => tokenByHash(db, token));
    if (found === undefined) throw new BatonError('invalid_token');
    const { user_id, created_by, scopes, stale } = found;
    const on_behalf_of = created_by === user_id ? null : created_by;
    const identity: TokenIdentity = { user_id, session_id: null, token: { workspace_id, id, scopes, on_behalf_of } };
    this.#remember(key, identity);
    if (stale) void this.#noteUse(identity);
    return identity;
  }

  #remember(key: string, identity: TokenIdentity): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= max_remembered && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, { identity, until_ms: performance.now() + remembered_ms });
  }

  /** Notes the use of a token. The request doesn't wait for this. */
  async #noteUse(identity: TokenIdentity): Promise<void> {
    const { pool, log } = this.#parts;
    const { workspace_id } = identity.token;
    try {
      await transaction(pool, { workspace_id, user_id: personOf(identity) }, async (tx) => noteUse(tx, identity.token));
    } catch (error) {
      log.info({ err: error }, 'the use of a token was not noted');
    }
  }
}
