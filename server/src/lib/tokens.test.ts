import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newToken, readToken } from './tokens.ts';

const ids: [string, string] = ['0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90', '01234567-89ab-cdef-0123-456789abcdef'];

test('a token is read back as its two ids and its SHA-256, with its own prefix only', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), (one, other) => {
      const { token, hash } = newToken('test_', [one, other]);
      expect(token).toMatch(/^test_[A-Za-z0-9_-]{86}$/);
      expect(hash).toEqual(createHash('sha256').update(token).digest());
      expect(readToken('test_', token)).toEqual({ ids: [one, other], hash });
      expect(readToken('text_', token)).toBeUndefined();
    }),
  );
});

test('no two tokens are the same, nor is any byte of their secrets fixed', () => {
  const secrets = Array.from({ length: 64 }, () => Buffer.from(newToken('', ids).token, 'base64url').subarray(32));
  expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(64);
  for (let at = 0; at < 32; at++) expect(new Set(secrets.map((secret) => secret[at])).size).toBeGreaterThan(1);
});

test('a text that is shorter, longer or of another form is not one of our tokens', () => {
  const { token } = newToken('test_', ids);
  for (const other of ['', 'test_', token.slice(0, -2), `${token}AA`, `x${token}`, token.slice(1)]) {
    expect(readToken('test_', other)).toBeUndefined();
  }
});
