import { hkdfSync } from 'node:crypto';
import { z } from 'zod';
import { request_id } from '../http/contract.ts';
import { open, seal } from '../lib/seal.ts';

/** The maximum number of notifications in one mail. */
export const max_notifications = 50;

/** An order to send a mail. Its content is looked up when it is sent, because it may not be true any more by then. */
const order = z.discriminatedUnion('kind', [
  /** A one-time token for a new password, if there is an account with this address. */
  z.strictObject({ kind: z.literal('password_reset'), email: z.string(), request_id, ip: z.string() }),
  /** An invitation with its token. Other tables have only the token's hash. */
  z.strictObject({
    kind: z.literal('invitation'),
    workspace_id: z.string(),
    invitation_id: z.string(),
    token: z.string(),
  }),
  /** A token, sent to the address that it confirms: the account's own or a new one. */
  z.strictObject({ kind: z.literal('email_change'), user_id: z.string(), email: z.string(), token: z.string() }),
  /** A notice that an account's address was changed, sent to the old address. */
  z.strictObject({ kind: z.literal('email_changed'), name: z.string(), from: z.string(), to: z.string() }),
  /** Notifications from a member's inbox, about one ticket or webhook or several. */
  z.strictObject({
    kind: z.literal('notifications'),
    workspace_id: z.string(),
    user_id: z.string(),
    notification_ids: z.array(z.string()).max(max_notifications),
    /** The number of further notifications that the mail doesn't show. */
    more: z.int(),
  }),
]);
export type MailOrder = z.infer<typeof order>;

/** Returns whether the mail can wait. Somebody may be waiting for any other than notifications and invitations. */
export const canWait = ({ kind }: MailOrder): boolean => kind === 'notifications' || kind === 'invitation';

/** Derives the key that orders are sealed with. */
export function mailKey(secret: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'baton mail', 32));
}

export function sealOrder(key: Buffer, given: MailOrder): Buffer {
  return seal(key, Buffer.from(JSON.stringify(given)));
}

/** Opens a sealed order; undefined if it was sealed under another BATON_SECRET. */
export function openOrder(key: Buffer, sealed: Buffer): MailOrder | undefined {
  const bytes = open(key, sealed);
  return bytes === undefined ? undefined : order.parse(JSON.parse(bytes.toString('utf8')));
}
