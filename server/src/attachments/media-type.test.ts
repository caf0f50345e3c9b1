import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { head_bytes, isSafeImage, mediaTypeOf } from './media-type.ts';

const of = (text: string) => mediaTypeOf(new TextEncoder().encode(text));

test.each([
  ['a text', 'Grüße\r\n\t起重机', 'text/plain'],
  ['a page', '<html><script>alert(1)</script></html>', 'text/plain'],
  ['a text with a control character', 'a\u0001b', 'application/octet-stream'],
  ['nothing', '', 'application/octet-stream'],
  ['a GIF', 'GIF89a', 'image/gif'],
])('the media type of %s is detected from its bytes', async (_, text, expected) => {
  expect(await of(text)).toBe(expected);
});

test('a text that is cut within a character is still a text', async () => {
  const bytes = new TextEncoder().encode('起'.repeat(head_bytes));
  expect(await mediaTypeOf(bytes.subarray(0, head_bytes))).toBe('text/plain');
});

test('random bytes always have a type, and a page or drawing is never safe to show', async () => {
  // The first bytes of some types, followed by random ones.
  const starts = [
    '',
    '\x89PNG\r\n\x1a\n',
    'PK\x03\x04',
    'RIFF',
    '%PDF-',
    '<?xml',
    '<svg',
    'OggS',
    '\xff\xd8\xff',
    'ID3',
  ];
  for (const start of starts) {
    for (let n = 0; n < 20; n++) {
      const bytes = Buffer.concat([Buffer.from(start, 'latin1'), randomBytes(n * 50)]);
      expect(await mediaTypeOf(bytes)).toMatch(/^[a-z]+\/[\w.+-]+$/);
    }
  }
  for (const type of ['image/svg+xml', 'text/html', 'application/xml', 'application/pdf', 'text/plain'])
    expect(isSafeImage(type)).toBe(false);
});
