import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Caller, Identity } from '../access/authorize.ts';
import { scopeOf } from '../access/policy.ts';
import { toBytes, toUuid } from '../lib/tokens.ts';
import type { AttachmentLink } from './contract.ts';

const prefix = 'bat_';
const mac_bytes = 32;
const life_ms = 5 * 60_000;
/** Addresses signed within this time are the same, so a client that has fetched one need not fetch the file again. */
const step_ms = 10_000;

/** The contents of an address: a file, and the credential of the caller who requested it. */
export interface Signed {
  workspace_id: string;
  attachment_id: string;
  identity: Identity;
}

const nobody = Buffer.alloc(16);

/** Signs and reads the addresses of files. No address is stored. */
export class Links {
  readonly #key: Buffer;

  constructor(secret: Buffer) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'baton attachment link', 32));
  }

  #macOf(named: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(named).digest();
  }

  /** Returns an address that is valid for five minutes, or up to ten seconds longer. */
  sign(at: Pick<Signed, 'workspace_id' | 'attachment_id'>, caller: Caller, now_ms = Date.now()): AttachmentLink {
    const expires_ms = Math.ceil((now_ms + life_ms) / step_ms) * step_ms;
    const expires = Buffer.alloc(4);
    expires.writeUInt32BE(expires_ms / 1000);
    const behind = caller.token?.on_behalf_of;
    const named = Buffer.concat([
      expires,
      Buffer.from([caller.token === null ? 0 : 1]),
      toBytes(at.workspace_id),
      toBytes(at.attachment_id),
      toBytes(caller.user_id),
      toBytes(caller.token === null ? caller.session_id : caller.token.id),
      behind === undefined || behind === null ? nobody : toBytes(behind),
    ]);
    const token = prefix + Buffer.concat([named, this.#macOf(named)]).toString('base64url');
    return { path: `/files/${token}`, expires_at: new Date(expires_ms).toISOString().replace('Z', '000Z') };
  }

  /** Returns the contents of an address, or undefined if this server did not sign it or it has expired. */
  read(token: string, now_ms = Date.now()): Signed | undefined {
    if (!token.startsWith(prefix)) return undefined;
    const bytes = Buffer.from(token.slice(prefix.length), 'base64url');
    // Base64 can write the same bytes in several ways; only the canonical one is an address.
    if (bytes.length !== 5 + 5 * 16 + mac_bytes || prefix + bytes.toString('base64url') !== token) return undefined;
    const named = bytes.subarray(0, -mac_bytes);
    if (!timingSafeEqual(bytes.subarray(-mac_bytes), this.#macOf(named))) return undefined;
    if (named.readUInt32BE(0) * 1000 <= now_ms) return undefined;
    const [workspace_id = '', attachment_id = '', user_id = '', credential_id = '', behind = ''] = [0, 1, 2, 3, 4].map(
      (n) => toUuid(named.subarray(5 + n * 16, 21 + n * 16)),
    );
    const on_behalf_of = behind === toUuid(nobody) ? null : behind;
    // The token's scope was checked when the address was signed, and a token's scopes never change.
    const scopes = [scopeOf('get_attachment') ?? 'tickets:read'];
    const identity: Identity =
      named[4] === 0
        ? { user_id, session_id: credential_id, token: null }
        : { user_id, session_id: null, token: { workspace_id, id: credential_id, scopes, on_behalf_of } };
    return { workspace_id, attachment_id, identity };
  }
}
