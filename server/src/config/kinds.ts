import { isIP } from 'node:net';
import { z } from 'zod';
import { faultOfDatabaseUrl } from './database-url.ts';

// The kinds of settings. A message continues the setting's name and never repeats the value, which may be a secret in
// the wrong place.

/** A whole number within bounds. */
export function count(fallback: number, min: number, max: number) {
  const says = `must be a whole number from ${min} to ${max}.`;
  return z
    .string()
    .trim()
    .regex(/^\d{1,15}$/, says)
    .transform(Number)
    .refine((value) => value >= min && value <= max, says)
    .default(fallback);
}

/** Several whole numbers of seconds, each up to a week. */
export function seconds(fallback: string) {
  const says = 'must list up to 20 whole numbers of seconds, each up to 604800, separated by commas.';
  return z
    .string()
    .regex(/^\d{1,6}(,\d{1,6}){0,19}$/, says)
    .default(fallback)
    .transform((text) => text.split(',').map(Number))
    .refine((all) => all.every((one) => one <= 604_800), says);
}

/** One of several words. */
export function choice<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words, { error: `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}.` });
}

function list(allowed: (entry: string) => boolean, says: string) {
  return z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== ''),
    )
    .refine((entries) => entries.every(allowed), says);
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol } = new URL(text);
  // Origins are compared with what the browser sends, letter by letter. One with a path, or with a slash at the end,
  // would match none.
  return origin === text && /^https?:$/.test(protocol);
}

/** A URL that paths are appended to, without a slash at its end; undefined if the text can't be one. */
export function baseUrlOf(text: string): string | undefined {
  if (!URL.canParse(text) || /[?#]/.test(text)) return undefined;
  const { protocol, username, password, origin, pathname } = new URL(text);
  if (!/^https?:$/.test(protocol) || username + password !== '') return undefined;
  return origin + (pathname.endsWith('/') ? pathname.slice(0, -1) : pathname);
}

function isNetwork(text: string): boolean {
  if (/^(loopback|linklocal|uniquelocal)$/.test(text)) return true; // Express' names
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && (bits === undefined || Number(bits) <= (family === 4 ? 32 : 128));
}

export const origins = list(
  isOrigin,
  'must list origins such as https://app.example.com, without a path or a slash at the end, separated by commas.',
);

export const networks = list(
  isNetwork,
  'must list the addresses or networks of the proxies, such as 10.0.0.5 or 10.0.0.0/8, separated by commas.',
);

export const postgres_url = z.string().superRefine((text, context) => {
  const fault = faultOfDatabaseUrl(text);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});
