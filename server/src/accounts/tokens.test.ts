import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AccessTokens } from './tokens.ts';

const ids = {
  user_id: '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90',
  session_id: '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e91',
  token: null,
};
const current = { kid: 'new', secret: randomBytes(48) };
const older = { kid: 'old', secret: randomBytes(48) };
const tokens = new AccessTokens([current, older], 60);
const key = createSecretKey(current.secret);

const claims = { sub: ids.user_id, sid: ids.session_id, iss: 'baton', aud: 'baton-api' };
const header = { alg: 'HS256', typ: 'at+jwt', kid: 'new' } as const;
const signed = (payload: object = claims, options: jwt.SignOptions = {}) =>
  jwt.sign(payload, key, { algorithm: 'HS256', expiresIn: 60, header, ...options });
/** Signs a payload unchanged, where the library would set the issue time. */
function signedAsIs(payload: object): string {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const refused = (token: string) => expect(() => tokens.verify(token)).toThrow('The access token is not valid');

describe('an access token', () => {
  test('names its user and session', () => {
    expect(tokens.verify(tokens.sign(ids).access_token)).toEqual(ids);
    expect(tokens.verify(signed())).toEqual(ids); // each refusal below is one change away from this
  });

  test('signed with the older key is accepted while keys rotate, and refused afterwards', () => {
    const { access_token } = new AccessTokens([older], 60).sign(ids);
    expect(tokens.verify(access_token)).toEqual(ids);
    expect(() => new AccessTokens([current], 60).verify(access_token)).toThrow();
  });

  test.each([
    ['without a signature', `${part({ ...header, alg: 'none' })}.${part({ ...claims, exp: 9999999999 })}.`],
    ['signed with another key', jwt.sign(claims, createSecretKey(randomBytes(48)), { expiresIn: 60, header })],
    ['signed with another algorithm', signed(claims, { algorithm: 'HS512', header: { ...header, alg: 'HS512' } })],
    ['of another type', signed(claims, { header: { ...header, typ: 'JWT' } })],
    ['with an unknown key id', signed(claims, { header: { ...header, kid: 'other' } })],
    ['without a key id', signed(claims, { header: { alg: 'HS256', typ: 'at+jwt' } })],
    ['with crit', signed(claims, { header: { ...header, crit: ['exp'] } })],
    ['with jku', signed(claims, { header: { ...header, jku: 'https://example.com/keys' } })],
    ['of another issuer', signed({ ...claims, iss: 'other' })],
    ['for another audience', signed({ ...claims, aud: 'other' })],
    ['expired', signed(claims, { expiresIn: -1 })],
    ['without expiry', jwt.sign(claims, key, { algorithm: 'HS256', header })],
    ['with an issue time of 0', signedAsIs({ ...claims, iat: 0, exp: Math.floor(Date.now() / 1000) + 60 })],
    ['without an issue time', signedAsIs({ ...claims, exp: Math.floor(Date.now() / 1000) + 60 })],
    ['issued too long ago', signed({ ...claims, iat: Math.floor(Date.now() / 1000) - 61 }, { expiresIn: 3600 })],
    ['not valid yet', signed(claims, { notBefore: 60 })],
    ['without the id of a user', signed({ ...claims, sub: 'root' })],
    ['without the id of a session', signed({ ...claims, sid: undefined })],
    ['oversized', signed({ ...claims, padding: 'x'.repeat(5000) })],
    ['empty', ''],
    ['with a header that is not JSON', `${Buffer.from('x').toString('base64url')}.x.x`],
  ])('%s is refused', (_, token) => {
    refused(token);
  });

  test('is a bearer token that says how long it is valid', () => {
    const { access_token, ...rest } = tokens.sign(ids);
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 60 });
    const { exp = 0, iat = 0 } = jwt.decode(access_token) as jwt.JwtPayload;
    expect(exp - iat).toBe(60);
  });

  test('cannot be signed without a key', () => {
    expect(() => new AccessTokens([], 60)).toThrow('At least one key is needed.');
  });

  test('may have up to 4096 characters', () => {
    const lengths = new Map<number, string>();
    for (let pad = 2700; pad < 2850; pad++) {
      const token = signed({ ...claims, padding: 'x'.repeat(pad) });
      lengths.set(token.length, token);
    }
    expect(tokens.verify(lengths.get(4096) ?? '')).toEqual(ids);
    refused(lengths.get(4097) ?? lengths.get(4098) ?? '');
  });

  test.each([
    ['too long', 'x'.repeat(4097)],
    ['ids', signed({ ...claims, sub: 'root' })],
    ['header', signed(claims, { header: { ...header, typ: 'JWT' } })],
    ['kid', signed(claims, { header: { ...header, kid: 'other' } })],
    ['claims', jwt.sign(claims, key, { algorithm: 'HS256', header })],
  ])('that is refused with the reason “%s” shows the reason in the log, not in the response', (why, token) => {
    const cause = expect.objectContaining({ message: why });
    expect(() => tokens.verify(token)).toThrow(expect.objectContaining({ code: 'invalid_token', data: {}, cause }));
  });

  test('is refused when any character of it is altered', () => {
    const token = signed();
    for (let at = 0; at < token.length; at += 7) {
      const other = token[at] === 'A' ? 'B' : 'A';
      if (token[at] !== '.') refused(token.slice(0, at) + other + token.slice(at + 1));
    }
  });
});

describe('a token that was verified', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test('is remembered until the second in which it expires, and then refused', () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const { access_token } = tokens.sign(ids);
    const verify = vi.spyOn(jwt, 'verify');
    for (const after_ms of [0, 0, 59_999]) {
      vi.setSystemTime(1_800_000_000_000 + after_ms);
      expect(tokens.verify(access_token)).toEqual(ids);
    }
    expect(verify).toHaveBeenCalledTimes(1);
    vi.setSystemTime(1_800_000_060_000);
    refused(access_token);
  });

  test('is forgotten once 10,000 others have been verified since, and no sooner', () => {
    const fresh = new AccessTokens([current], 60);
    const all = Array.from({ length: 10_001 }, (_, n) => signed({ ...claims, n }));
    const verify = vi.spyOn(jwt, 'verify');
    const verifiedAnew = (index: number) => {
      verify.mockClear();
      expect(fresh.verify(all[index] ?? '')).toEqual(ids);
      return verify.mock.calls.length === 1;
    };
    for (let n = 0; n < 10_000; n++) fresh.verify(all[n] ?? '');
    expect([verifiedAnew(0), verifiedAnew(9_999)]).toEqual([false, false]);
    expect(verifiedAnew(10_000)).toBe(true); // it replaces the first
    expect([verifiedAnew(1), verifiedAnew(10_000), verifiedAnew(0)]).toEqual([false, false, true]);
  });
});
