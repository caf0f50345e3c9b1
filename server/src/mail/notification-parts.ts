import { excerptOf, lineOf } from '../tickets/excerpt.ts';
import { unlinked } from './mail.ts';
import type { MailedNotification } from './notification-queries.ts';

/** The part of a mail about one ticket or webhook. */
export interface Part {
  is_of: 'ticket' | 'webhook';
  /** The subject of a mail that has only this part. */
  subject: string;
  /** Names the thread of such a mail, so that mail programs show mails about one thing together. */
  thread: string;
  lines: string[];
}

interface Reading {
  user_id: string;
  /** The URL of the workspace in the app. */
  at: string;
}

/** Returns the start of a text as one line, with a mark if there is more of it. */
const oneLine = (text: string, { is_cut = false } = {}) => {
  const shown = excerptOf(text);
  return is_cut || shown.length < lineOf(text).length ? `${shown} …` : shown;
};

/** Composes the part about one ticket or webhook, with its notifications oldest first. */
export function partOf(notifications: MailedNotification[], reading: Reading): Part {
  const is_of_webhook = notifications.some(({ webhook_id }) => webhook_id !== null);
  return is_of_webhook ? partOfWebhook(notifications, reading) : partOfTicket(notifications, reading);
}

function partOfTicket(notifications: MailedNotification[], { user_id, at }: Reading): Part {
  const [first] = notifications;
  const [key, title] = [first?.ticket_key ?? '', oneLine(first?.ticket_title ?? '')];
  const acts = notifications.flatMap((one) => [...said(one, user_id), '']);
  return {
    is_of: 'ticket',
    subject: `[${key}] ${title}`,
    thread: `ticket.${first?.ticket_id}`,
    lines: [`${key}  ${title}`, `${at}/t/${key}`, '', ...acts],
  };
}

function partOfWebhook(notifications: MailedNotification[], { at }: Reading): Part {
  const last = notifications.at(-1); // the current state
  const [origin, description] = [oneLine(last?.webhook_origin ?? ''), oneLine(last?.webhook_description ?? '')];
  const stops = notifications.flatMap((one) => [stopped(one), '']);
  return {
    is_of: 'webhook',
    subject: `Webhook ${last?.stop_reason === 'gone' ? 'disabled' : 'paused'}: ${origin}`,
    thread: `webhook.${last?.webhook_id}`,
    lines: [
      `Webhook to ${origin}  ${description}`.trimEnd(),
      `${at}/inbox`,
      '',
      ...stops,
      'Events wait meanwhile. They are sent once an owner or admin makes the webhook active again.',
      '',
    ],
  };
}

/** Returns a sentence that says why a webhook was stopped. */
function stopped({ stop_reason, failing_since }: MailedNotification): string {
  if (stop_reason === 'gone') return 'Baton disabled it: its receiver responded with 410 Gone.';
  const since = failing_since === null ? 'for days' : `since ${failing_since.slice(0, 16).replace('T', ' ')} UTC`;
  return `Baton paused it: every attempt to deliver has failed ${since}.`;
}

/** Describes one act in a sentence, followed by the comment that was written. */
function said(notification: MailedNotification, user_id: string): string[] {
  const { kinds, actor, from_status, to_status, comment_start, mentions, is_assigned, due_on } = notification;
  const is_cut = comment_start !== null && isCut(comment_start);
  const written =
    comment_start === null ? undefined : oneLine(named(comment_start, mentions ?? {}, user_id), { is_cut });
  if (kinds.includes('due')) return [`It is due: ${due_on ?? ''}.`];
  const done = [
    ...(kinds.includes('assigned') ? [is_assigned ? 'assigned it to you' : 'took it from you'] : []),
    ...(kinds.includes('moved') ? [`moved it from ${from_status ?? '?'} to ${to_status ?? '?'}`] : []),
    ...(kinds.includes('mentioned') ? ['mentioned you'] : kinds.includes('commented') ? ['commented'] : []),
  ];
  const sentence = `${unlinked(actor ?? 'Somebody')} ${new Intl.ListFormat('en').format(done)}`;
  return written === undefined ? [`${sentence}.`] : [`${sentence}:`, `  ${written}`];
}

/** How many characters of a comment are read (`notifications_to_mail`). */
const max_start = 400;

const isCut = (start: string) => Array.from(start).length >= max_start;

/** Replaces the ids in a comment's mentions with names. */
function named(text: string, mentions: Record<string, string>, user_id: string): string {
  // The start of a longer comment may end within an id.
  const whole = isCut(text) ? text.replace(/@[0-9a-f-]{1,35}$/i, '') : text;
  return whole.replaceAll(/@([0-9a-f-]{36})/gi, (given, id: string) => {
    const lower = id.toLowerCase();
    if (lower === user_id) return '@you';
    const name = mentions[lower];
    return name === undefined ? given : `@${unlinked(name)}`;
  });
}
