import type pg from 'pg';
import type { MailConfig } from '../config/mail.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** The messages that mail programs show it below. */
  references?: string;
  headers?: Record<string, string>;
}

/** What it says is to be put into a mail later: its receiver's quiet hours have begun. */
export interface Later {
  workspace_id: string;
  user_id: string;
  notification_ids: string[];
  /** How many others it would only have counted. */
  more: number;
}

export interface Parts {
  pool: pg.Pool;
  settings: Pick<MailConfig, 'app_url' | 'api_url'>;
  secret: Buffer;
  password_reset_ttl_s: number;
  /** What orders are sealed by. */
  key: Buffer;
  mail_id: string;
}

/** A name that others chose, as a short text that no mail program turns into a link. */
export const unlinked = (name: string) => {
  const start = Array.from(name).slice(0, 60).join('').trimEnd();
  return (start.length < name.length ? `${start} …` : start).replaceAll(/([.:/@])(?=\S)/g, '$1 ');
};
