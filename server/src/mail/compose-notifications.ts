import { readOnly } from '../db/transaction.ts';
import { type Later, type Mail, type Parts, unlinked } from './mail.ts';
import { type Part, partOf } from './notification-parts.ts';
import { notificationsToMail, quietUntil } from './notification-queries.ts';
import type { MailOrder } from './orders.ts';
import { unsubscribeToken } from './unsubscribe-token.ts';

/**
 * Composes a mail of notifications. A mail about only one ticket or webhook is threaded with the earlier ones about it.
 */
export async function composeNotifications(
  { pool, settings: { app_url, api_url }, secret }: Parts,
  { workspace_id, user_id, notification_ids, more }: Extract<MailOrder, { kind: 'notifications' }>,
): Promise<Mail | Later | undefined> {
  const [quiet_s, found] = await readOnly(pool, { workspace_id }, (db) =>
    Promise.all([quietUntil(db, user_id), notificationsToMail(db, user_id, notification_ids)]),
  );
  const [first] = found;
  if (first === undefined) return undefined;
  if (quiet_s !== null) return { workspace_id, user_id, notification_ids, more };
  const workspace = unlinked(first.workspace);
  const unsubscribe = `${api_url}/unsubscribe?token=${unsubscribeToken(secret, { workspace_id, user_id })}`;
  const host = new URL(app_url).hostname;
  const at = `${app_url}/w/${workspace_id}`;
  const subjects = Map.groupBy(found, ({ ticket_id, webhook_id }) => ticket_id ?? webhook_id);
  const parts = [...subjects.values()].map((of_one) => partOf(of_one, { user_id, at }));
  const only = parts.length === 1 ? parts[0] : undefined;
  const also = more === 0 ? [] : [`And more, in your inbox: ${at}/inbox`, ''];
  return {
    to: first.email,
    subject: only?.subject ?? `${countOf(parts)} of ${workspace}`,
    text: [
      ...parts.flatMap(({ lines }) => lines),
      ...also,
      '-- ', // what follows is a signature (RFC 3676, 4.3)
      `You get this as a member of "${workspace}". In its settings you choose what you are notified of.`,
      `Get no more mail about what happens there: ${unsubscribe}`,
      '',
    ].join('\n'),
    ...(only === undefined ? {} : { references: `<${only.thread}@${host}>` }),
    headers: {
      'List-Id': `<${workspace_id}.${host}>`,
      'List-Unsubscribe': `<${unsubscribe}>`,
      // RFC 8058: a mail program unsubscribes with one POST. It is allowed only over https.
      ...(api_url.startsWith('https:') ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}),
    },
  };
}

/** `4 tickets and 1 webhook`. */
function countOf(parts: readonly Part[]): string {
  const counted = (['ticket', 'webhook'] as const).flatMap((word) => {
    const count = parts.filter(({ is_of }) => is_of === word).length;
    return count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`];
  });
  return new Intl.ListFormat('en').format(counted);
}
