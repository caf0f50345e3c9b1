import ipaddr from 'ipaddr.js';

/** A prefix of addresses and its length in bits, as in `10.0.0.0/8`. */
type Network = readonly [bytes: readonly number[], bits: number];

const network = (text: string): Network => {
  const [address, bits] = ipaddr.parseCIDR(text);
  return [address.toByteArray(), bits];
};

const isWithin = (bytes: readonly number[], [first, bits]: Network) =>
  bytes.length === first.length &&
  bytes.every((byte, at) => {
    const left = Math.min(8, Math.max(0, bits - at * 8));
    return byte >> (8 - left) === (first[at] ?? 0) >> (8 - left);
  });

/** Networks without hosts of the public internet (IANA's registries of special-purpose addresses, RFC 6890). */
const not_public = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23', // Teredo, ORCHID, benchmarks: addresses of protocols, not of hosts
  '2001:db8::/32',
  '3fff::/20',
].map(network);

const global_unicast = network('2000::/3');

/**
 * IPv6 networks that embed IPv4 addresses, and where the four bytes begin: mapped, compatible, translated, NAT64, 6to4.
 */
const standing_for_ipv4 = [
  ['::ffff:0:0/96', 12],
  ['::/96', 12],
  ['::ffff:0:0:0/96', 12],
  ['64:ff9b::/96', 12],
  ['2002::/16', 2],
].map(([text, at]) => ({ prefix: network(text as string), at: at as number }));

function isPublicBytes(bytes: readonly number[]): boolean {
  if (not_public.some((one) => isWithin(bytes, one))) return false;
  if (bytes.length === 4) return true;
  const inner = standing_for_ipv4.find(({ prefix }) => isWithin(bytes, prefix));
  return inner === undefined ? isWithin(bytes, global_unicast) : isPublicBytes(bytes.slice(inner.at, inner.at + 4));
}

/** Returns whether an address belongs to the public internet, judged by its bytes, however it is written. */
export function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && isPublicBytes(ipaddr.parse(address).toByteArray());
}
