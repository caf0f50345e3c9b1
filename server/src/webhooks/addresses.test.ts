import { describe, expect, test } from 'vitest';
import { isPublic } from './addresses.ts';
import { readUrl } from './url.ts';

const not_public = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1', // IPv4-compatible
  '::ffff:127.0.0.1', // mapped
  '::ffff:0:127.0.0.1', // translated
  '64:ff9b::7f00:1', // NAT64
  '64:ff9b:1::808:808', // a network's own NAT64
  '2002:7f00:1::', // 6to4
  '2002:c0a8:101::1',
  '2001:0:808:808::1', // Teredo
  '2001:db8::1',
  '3fff::1',
  'fc00::1',
  'fd12:3456:789a::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '100::1',
  'no address',
  '',
];
const of_internet = [
  '8.8.8.8',
  '1.1.1.1',
  '172.32.0.1',
  '100.128.0.1',
  '192.0.1.1',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001:81b::200e',
  '::ffff:8.8.8.8',
  '::808:808',
  '64:ff9b::808:808',
  '2002:808:808::1',
];

describe('an address', () => {
  test.each(not_public)('does not belong to the public internet: %s', (address) => {
    expect(isPublic(address)).toBe(false);
  });
  test.each(of_internet)('belongs to the public internet: %s', (address) => {
    expect(isPublic(address)).toBe(true);
  });
});

describe('a webhook’s URL', () => {
  const strict = { allow_private: false };
  test.each([
    'http://example.com/',
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::7f00:1]:8443/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://api.localhost/',
    'https://user:word@example.com/',
    'https://example.com/#part',
    'ftp://example.com/',
    'example.com',
    'https://',
  ])('cannot be %s', (url) => {
    expect(readUrl(url, strict)).toEqual(expect.any(String));
  });
  test.each(['https://example.com', 'https://example.com:8443/hook?key=1', 'https://8.8.8.8/'])('can be %s', (url) => {
    expect(readUrl(url, strict)).toBeInstanceOf(URL);
  });
  test('can lead to this machine without TLS if a setting allows it', () => {
    expect(readUrl('http://127.0.0.1:3001/', { allow_private: true })).toBeInstanceOf(URL);
    expect(readUrl('ftp://127.0.0.1/', { allow_private: true })).toEqual(expect.any(String));
  });
});
