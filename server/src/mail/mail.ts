import type pg from 'pg';
import type { MailConfig } from '../config/mail.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** The messages below which mail programs show this one. */
  references?: string;
  headers?: Record<string, string>;
}

/** Notifications that have to be mailed later, because their receiver's quiet hours have begun. */
export interface Later {
  workspace_id: string;
  user_id: string;
  notification_ids: string[];
  /** The number of further notifications that the mail would not have shown. */
  more: number;
}

export interface Parts {
  pool: pg.Pool;
  settings: Pick<MailConfig, 'app_url' | 'api_url'>;
  secret: Buffer;
  password_reset_ttl_s: number;
  /** The key that orders are sealed with. */
  key: Buffer;
  mail_id: string;
}

/** Shortens a name that somebody else chose, and changes it so that no mail program turns it into a link. */
export const unlinked = (name: string) => {
  const start = Array.from(name).slice(0, 60).join('').trimEnd();
  return (start.length < name.length ? `${start} …` : start).replaceAll(/([.:/@])(?=\S)/g, '$1 ');
};
