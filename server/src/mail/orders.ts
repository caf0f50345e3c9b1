import { hkdfSync } from 'node:crypto';
import { z } from 'zod';
import { request_id } from '../http/contract.ts';
import { open, seal } from '../lib/seal.ts';

/** What one mail shows at most. */
export const max_notifications = 50;

/** What somebody is to be sent. What it says is looked up when it is sent: by then it may not be true any more. */
const order = z.discriminatedUnion('kind', [
  /** A one-time token for a new password, if there is an account with this address. */
  z.strictObject({ kind: z.literal('password_reset'), email: z.string(), request_id, ip: z.string() }),
  /** An invitation, with its token, of which only the hash is kept elsewhere. */
  z.strictObject({
    kind: z.literal('invitation'),
    workspace_id: z.string(),
    invitation_id: z.string(),
    token: z.string(),
  }),
  /** A token that confirms an account's address, or a new one, to that. */
  z.strictObject({ kind: z.literal('email_change'), user_id: z.string(), email: z.string(), token: z.string() }),
  /** That an account has another address, to the one it had. */
  z.strictObject({ kind: z.literal('email_changed'), name: z.string(), from: z.string(), to: z.string() }),
  /** What a member was told of in their inbox: of one ticket or webhook, or of several. */
  z.strictObject({
    kind: z.literal('notifications'),
    workspace_id: z.string(),
    user_id: z.string(),
    notification_ids: z.array(z.string()).max(max_notifications),
    /** How many more there are that the mail doesn't show. */
    more: z.int(),
  }),
]);
export type MailOrder = z.infer<typeof order>;

/** Whether nobody sits and waits for it: somebody who can't sign in does. */
export const canWait = ({ kind }: MailOrder): boolean => kind === 'notifications' || kind === 'invitation';

/** The key that orders are sealed by. */
export function mailKey(secret: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'baton mail', 32));
}

export function sealOrder(key: Buffer, given: MailOrder): Buffer {
  return seal(key, Buffer.from(JSON.stringify(given)));
}

/** Undefined where it was sealed under another BATON_SECRET. */
export function openOrder(key: Buffer, sealed: Buffer): MailOrder | undefined {
  const bytes = open(key, sealed);
  return bytes === undefined ? undefined : order.parse(JSON.parse(bytes.toString('utf8')));
}
