import { isIP } from 'node:net';
import { isPublic } from './addresses.ts';

/** Returns a URL's host, without the brackets around an IPv6 address. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

/** Returns a webhook's URL, or what is wrong with it. A name's addresses are checked at each connection. */
export function readUrl(text: string, { allow_private }: { allow_private: boolean }): URL | string {
  if (!URL.canParse(text)) return 'Expected a URL.';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(allow_private && url.protocol === 'http:'))
    return 'Expected a URL that begins with https://.';
  if (url.username !== '' || url.password !== '') return 'The URL must not contain a name or password.';
  if (url.hash !== '') return 'The URL must not contain a fragment.';
  if (url.href.length > 2000) return 'The URL is too long.';
  const host = hostOf(url);
  const is_local = /(^|\.)localhost\.?$/.test(host) || (isIP(host) !== 0 && !isPublic(host));
  return is_local && !allow_private ? 'The URL must not lead to a private address.' : url;
}
