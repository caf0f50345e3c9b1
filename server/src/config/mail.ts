import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { ConfigError } from './error.ts';
import { baseUrlOf, choice } from './kinds.ts';

const smtp_says =
  'must be smtp://host or smtps://host, with a port, and a percent-encoded user and password, where they are needed.';
const app_says = 'must be a URL such as https://tickets.example.com, without a query or fragment.';
const from_says = 'must be an address, or a name and an address: Baton <baton@example.com>.';

interface MailServer {
  host: string;
  port: number;
  secure: boolean;
  auth: { user: string; pass: string } | undefined;
}

/** Parses an SMTP URL; undefined if it isn't one, or would not work. */
function mailServerOf(text: string): MailServer | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname, search, hash, username, password } = new URL(text);
  const secure = protocol === 'smtps:';
  if ((protocol !== 'smtp:' && !secure) || port === '0' || !/^\/?$/.test(pathname + search + hash)) return undefined;
  if ((username === '') !== (password === '')) return undefined;
  try {
    const host = domainToASCII(decodeURIComponent(hostname)) || hostname.replace(/^\[(.*)\]$/, '$1');
    const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
    if (host === '') return undefined;
    return {
      host,
      port: port === '' ? (secure ? 465 : 587) : Number(port),
      secure,
      auth: user === '' ? undefined : { user, pass },
    };
  } catch {
    return undefined;
  }
}

interface Sender {
  name: string;
  address: string;
}

/** Parses an address, or a name and an address, with quotes around the name or not; undefined if it is neither. */
function senderOf(text: string): Sender | undefined {
  const [, quoted, plain, bracketed, alone] =
    /^(?:(?:"([^"<>\r\n]{1,100})"|([^"<>\r\n]{1,100})) <([^<>@\s]+@[^<>@\s]+)>|([^<>@\s"]+@[^<>@\s]+))$/.exec(text) ??
    [];
  const address = bracketed ?? alone;
  return address === undefined ? undefined : { name: (quoted ?? plain ?? '').trim(), address };
}

/**
 * Settings of mail. BATON_SMTP_URL, BATON_MAIL_FROM and BATON_APP_URL are set together or not at all, and BATON_API_URL
 * only with them.
 */
export const mail_settings = {
  BATON_SMTP_URL: z
    .string()
    .refine((text) => mailServerOf(text) !== undefined, smtp_says)
    .optional(),
  BATON_SMTP_TLS: choice(['required', 'off']).default('required'),
  BATON_MAIL_FROM: z
    .string()
    .refine((text) => senderOf(text) !== undefined, from_says)
    .optional(),
  BATON_APP_URL: z
    .string()
    .refine((text) => baseUrlOf(text) !== undefined, app_says)
    .optional(),
  BATON_API_URL: z
    .string()
    .refine((text) => baseUrlOf(text) !== undefined, app_says)
    .optional(),
};

/** How mail is sent, and where its links lead. */
export interface MailConfig extends MailServer {
  /** Whether a connection that is not encrypted from the beginning requires STARTTLS. */
  tls: boolean;
  from: Sender;
  /** The address that links begin with; without a slash at its end. */
  app_url: string;
  /** Where mail programs reach this server; without a slash at its end. */
  api_url: string;
}

const parsed = z.object(mail_settings);

/** How this installation sends mail; undefined if it sends none. Throws `ConfigError` if a part is missing. */
export function mailConfigOf(env: z.infer<typeof parsed>): MailConfig | undefined {
  const { BATON_SMTP_URL, BATON_SMTP_TLS, BATON_MAIL_FROM, BATON_APP_URL, BATON_API_URL } = env;
  const given = [BATON_SMTP_URL, BATON_MAIL_FROM, BATON_APP_URL, BATON_API_URL];
  if (given.every((value) => value === undefined)) return undefined;
  const server = mailServerOf(BATON_SMTP_URL ?? '');
  const from = senderOf(BATON_MAIL_FROM ?? '');
  const app_url = baseUrlOf(BATON_APP_URL ?? '');
  const api_url = baseUrlOf(BATON_API_URL ?? '') ?? app_url;
  if (server === undefined || from === undefined || app_url === undefined || api_url === undefined) {
    throw new ConfigError(
      'Set BATON_SMTP_URL, BATON_MAIL_FROM and BATON_APP_URL, or none of them. See docs/operating.md.',
    );
  }
  return { ...server, tls: BATON_SMTP_TLS === 'required', from, app_url, api_url };
}
