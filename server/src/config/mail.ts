import { z } from 'zod';
import { ConfigError } from './error.ts';
import { choice } from './kinds.ts';

const smtp_says =
  'must be smtp://host or smtps://host, with a port, and a percent-encoded user and password where they are needed.';
const app_says = 'must be a URL such as https://tickets.example.com, without a query or fragment.';
const from_says = 'must be an address, or a name and an address: Baton <baton@example.com>.';

function isSmtp(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, username, password } = new URL(text);
  try {
    decodeURIComponent(username + password);
  } catch {
    return false;
  }
  return /^smtps?:$/.test(protocol) && hostname !== '' && /^\/?$/.test(pathname + search);
}

function isPage(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username } = new URL(text);
  return /^https?:$/.test(protocol) && search + hash + username === '';
}

/** Settings of mail; all of them but BATON_SMTP_TLS go together. */
export const mail_settings = {
  BATON_SMTP_URL: z.string().refine(isSmtp, smtp_says).optional(),
  BATON_SMTP_TLS: choice(['required', 'off']).default('required'),
  BATON_MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>"\r\n]{1,100} <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, from_says)
    .optional(),
  BATON_APP_URL: z.string().refine(isPage, app_says).optional(),
};

/** How mail is sent, and where its links lead. */
export interface MailConfig {
  host: string;
  port: number;
  /** From the beginning: SMTP within TLS. Otherwise STARTTLS, without which nothing is sent. */
  secure: boolean;
  tls: boolean;
  auth: { user: string; pass: string } | undefined;
  from: string;
  /** Without a slash at its end. */
  app_url: string;
}

const parsed = z.object(mail_settings);

/** Undefined: this installation sends no mail. Throws `ConfigError` where a part of it is missing. */
export function mailConfigOf(env: z.infer<typeof parsed>): MailConfig | undefined {
  const { BATON_SMTP_URL, BATON_MAIL_FROM: from, BATON_APP_URL: app_url } = env;
  if (BATON_SMTP_URL === undefined) return undefined;
  if (from === undefined || app_url === undefined) {
    throw new ConfigError('With BATON_SMTP_URL set BATON_MAIL_FROM and BATON_APP_URL, too. See docs/operating.md.');
  }
  const url = new URL(BATON_SMTP_URL);
  const secure = url.protocol === 'smtps:';
  const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  return {
    host: url.hostname,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    tls: env.BATON_SMTP_TLS === 'required',
    auth: user === '' ? undefined : { user, pass },
    from,
    app_url: app_url.endsWith('/') ? app_url.slice(0, -1) : app_url,
  };
}
