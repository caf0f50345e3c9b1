import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

/** Whose requests count together. */
interface Place {
  /** An IPv4 address, or an IPv6 /64, which is the least that a customer has. */
  network: string;
  /** An IPv4 address, or an IPv6 /48: a site may have so much, and 65,536 networks in it. */
  site: string;
}

/** The address of an element of X-Forwarded-For. Some proxies add the port of the client, which another one can choose anew. */
function addressOf(element: string): string | undefined {
  const [, bracketed, with_port] = /^\[([\da-fA-F:.]+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(element) ?? [];
  const address = bracketed ?? with_port ?? element;
  return isIP(address) === 0 ? undefined : address;
}

/**
 * The addresses at the end of X-Forwarded-For, up to the first text that is no address: proxies append. Such a text was written by
 * a proxy that hides the address, or by the client. It is dropped with everything before it, so the request counts as coming from the last known
 * proxy: otherwise each such text would count as a separate network with its own limits.
 */
export function forwardedAddresses(header: string): string[] {
  const elements = header.split(',').map((element) => addressOf(element.trim()));
  return elements.slice(elements.lastIndexOf(undefined) + 1).flatMap((address) => address ?? []);
}

/** Leaves addresses alone in X-Forwarded-For, before Express reads `req.ip` from it. */
export const readForwarded: RequestHandler = (req, _res, next) => {
  const header = req.headers['x-forwarded-for'];
  if (header !== undefined) req.headers['x-forwarded-for'] = forwardedAddresses(String(header)).join(', ');
  next();
};

const max_remembered = 1_000;
const places = new Map<string, Place>();

/** Where an address belongs. Remembered: a request asks several times, and parsing one of IPv6 took 14 to 25 µs. */
export function placeOf(ip: string): Place {
  const known = places.get(ip);
  if (known !== undefined) return known;
  const place = { network: ipKeyGenerator(ip, 64), site: ipKeyGenerator(ip, 48) };
  if (places.size >= max_remembered) places.clear();
  places.set(ip, place);
  return place;
}

export const networkOf = (ip: string) => placeOf(ip).network;
export const siteOf = (ip: string) => placeOf(ip).site;

/** Whether the site is larger than the network: an IPv4 address in IPv6 form is no larger than itself. */
export function hasSite(ip: string): boolean {
  const { network, site } = placeOf(ip);
  return site !== network;
}
