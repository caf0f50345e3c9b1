import { readOnly } from '../db/transaction.ts';
import { excerptOf } from '../tickets/excerpt.ts';
import { type Later, type Mail, type Parts, unlinked } from './mail.ts';
import { type MailedNotification, notificationsToMail, quietUntil } from './notification-queries.ts';
import type { MailOrder } from './orders.ts';
import { unsubscribeToken } from './unsubscribe-token.ts';

/** What a member was told of: a mail of one ticket, below those before about it, or one of several tickets. */
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
  const tickets = [...Map.groupBy(found, ({ ticket_id }) => ticket_id).values()];
  const workspace = unlinked(first.workspace);
  const is_one = tickets.length === 1;
  const unsubscribe = `${api_url}/unsubscribe?token=${unsubscribeToken(secret, { workspace_id, user_id })}`;
  const host = new URL(app_url).hostname;
  const of_tickets = tickets.map((of_one) => aboutTicket(of_one, { user_id, at: `${app_url}/w/${workspace_id}/t` }));
  const also = more === 0 ? [] : [`And more, in your inbox: ${app_url}/w/${workspace_id}/inbox`, ''];
  return {
    to: first.email,
    subject: is_one
      ? `[${first.ticket_key}] ${oneLine(first.ticket_title)}`
      : `${tickets.length} tickets of ${workspace}`,
    text: [
      ...of_tickets.flat(),
      ...also,
      '-- ', // what follows is a signature (RFC 3676, 4.3)
      `You get this as a member of "${workspace}". In its settings you choose what you are told of.`,
      `No more mail about what happens there: ${unsubscribe}`,
      '',
    ].join('\n'),
    ...(is_one ? { references: `<ticket.${first.ticket_id}@${host}>` } : {}),
    headers: {
      'List-Id': `<${workspace_id}.${host}>`,
      'List-Unsubscribe': `<${unsubscribe}>`,
      // RFC 8058: a mail program ends it with one POST. Only over https.
      ...(api_url.startsWith('https:') ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}),
    },
  };
}

const oneLine = (text: string) => {
  const shown = excerptOf(text);
  return shown.length < text.trim().length ? `${shown} …` : shown;
};

function aboutTicket(notifications: MailedNotification[], { user_id, at }: { user_id: string; at: string }): string[] {
  const [{ ticket_key, ticket_title } = { ticket_key: '', ticket_title: '' }] = notifications;
  return [
    `${ticket_key}  ${oneLine(ticket_title)}`,
    `${at}/${ticket_key}`,
    '',
    ...notifications.flatMap((one) => [...said(one, user_id), '']),
  ];
}

/** One act, as a sentence, and what was written. */
function said(notification: MailedNotification, user_id: string): string[] {
  const { kinds, actor, from_status, to_status, comment_start, mentions, is_assigned, due_on } = notification;
  const written = comment_start === null ? undefined : oneLine(named(comment_start, mentions ?? {}, user_id));
  if (kinds.includes('due')) return [`It is due: ${due_on ?? ''}.`];
  const done = [
    ...(kinds.includes('assigned') ? [is_assigned ? 'assigned it to you' : 'took it from you'] : []),
    ...(kinds.includes('moved') ? [`moved it from ${from_status ?? '?'} to ${to_status ?? '?'}`] : []),
    ...(kinds.includes('mentioned') ? ['mentioned you'] : kinds.includes('commented') ? ['commented'] : []),
  ];
  const sentence = `${unlinked(actor ?? 'Somebody')} ${new Intl.ListFormat('en').format(done)}`;
  return written === undefined ? [`${sentence}.`] : [`${sentence}:`, `  ${written}`];
}

/** A comment with names in place of ids. */
function named(text: string, mentions: Record<string, string>, user_id: string): string {
  // The start of a comment may end within an id.
  const whole = text.replace(/@[0-9a-f-]{1,35}$/i, '');
  return whole.replaceAll(/@([0-9a-f-]{36})/gi, (given, id: string) => {
    const lower = id.toLowerCase();
    if (lower === user_id) return '@you';
    const name = mentions[lower];
    return name === undefined ? given : `@${unlinked(name)}`;
  });
}
