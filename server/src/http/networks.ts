import { isIPv6 } from 'node:net';
import { ipKeyGenerator } from 'express-rate-limit';

/** Whose requests count together: an IPv4 address, or an IPv6 /64, which is the least that a customer has. */
export function networkOf(ip: string): string {
  return ipKeyGenerator(ip, 64);
}

/** An IPv4 address, or an IPv6 /48: a site may have so much, and 65,536 networks in it. */
export function siteOf(ip: string): string {
  return ipKeyGenerator(ip, 48);
}

/** Whether the site is larger than the network: an IPv4 address in IPv6 form is no larger than itself. */
export function hasSite(ip: string): boolean {
  return isIPv6(ip) && siteOf(ip) !== networkOf(ip);
}
