import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { Random } from '../random.ts';

/** The parts of a genuine token. */
export interface Ingredients {
  token: string;
  secret: string;
  kid: string;
  /** The other key that verifies tokens, and its id. */
  other: { secret: string; kid: string };
}

type Json = Record<string, unknown>;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Json;

/** Creates a token with this header and these claims, signed with this secret. */
export function mint(header: Json, claims: Json, secret: string, hash = 'sha256'): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
}

/** The header and the claims of a token. */
export function partsOf(token: string): { header: Json; claims: Json } {
  const [header, claims] = token.split('.');
  return { header: decode(header), claims: decode(claims) };
}

const without = (from: Json, name: string): Json =>
  Object.fromEntries(Object.entries(from).filter(([key]) => key !== name));

/** Other algorithms, with what a confused verifier might accept as their signatures. */
function algorithms({ token, secret, kid }: Ingredients): string[] {
  const { header, claims } = partsOf(token);
  const signature = token.split('.')[2] ?? '';
  const names = [
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'hs256',
    'RS256',
    'ES256',
    'PS256',
    'EdDSA',
    'HS256 ',
    null,
    ['HS256'],
    1,
  ];
  const unsigned = names.flatMap((alg) => {
    const input = `${encode({ ...header, alg })}.${encode(claims)}`;
    return [`${input}.`, `${input}.${signature}`, input, mint({ ...header, alg }, claims, secret)];
  });
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const jwk = publicKey.export({ format: 'jwk' });
  const rsa = (head: Json) => {
    const input = `${encode(head)}.${encode(claims)}`;
    return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
  };
  const guesses = [
    '',
    kid,
    'baton',
    'secret',
    pem,
    JSON.stringify(jwk),
    secret.slice(0, -1),
    `${secret}\n`,
    secret.toLowerCase(),
  ];
  return [
    ...unsigned,
    mint({ ...header, alg: 'HS384' }, claims, secret, 'sha384'),
    mint({ ...header, alg: 'HS512' }, claims, secret, 'sha512'),
    rsa({ ...header, alg: 'RS256' }),
    rsa({ ...header, alg: 'RS256', jwk }),
    ...guesses.map((guess) => mint(header, claims, guess)),
  ];
}

/** Headers that Baton never writes. The genuine key signs them, so only the header is wrong. */
function headers({ token, secret, other }: Ingredients): string[] {
  const { header, claims } = partsOf(token);
  const extra: Json = {
    crit: ['exp'],
    jku: 'https://127.0.0.1/keys',
    jwk: { kty: 'oct', k: '' },
    x5u: 'https://127.0.0.1/cert',
    x5c: [''],
    x5t: '',
    cty: 'JWT',
    zip: 'DEF',
    b64: false,
    enc: 'A128GCM',
    p2c: 1e9,
    iss: 'baton',
  };
  const kids = [
    '',
    'unknown',
    other.kid,
    '../../dev/null',
    "' or '1'='1",
    '__proto__',
    'constructor',
    0,
    null,
    [header['kid']],
    {},
  ];
  const types = ['JWT', 'AT+JWT', 'at+jwt ', 'application/at+jwt', '', null, ['at+jwt'], 1];
  return [
    ...Object.entries(extra).map(([name, value]) => mint({ ...header, [name]: value }, claims, secret)),
    ...kids
      .flatMap((kid) => [mint({ ...header, kid }, claims, secret), mint({ ...header, kid }, claims, '')])
      .filter((forged) => forged !== token),
    mint(header, claims, other.secret),
    ...types.map((typ) => mint({ ...header, typ }, claims, secret)),
    ...Object.keys(header).map((name) => mint(without(header, name), claims, secret)),
  ];
}

/** Wrong claims with a genuine signature. */
function claimed({ token, secret }: Ingredients): string[] {
  const { header, claims } = partsOf(token);
  const now = Math.floor(Date.now() / 1000);
  const wrong: [string, unknown[]][] = [
    ['iss', ['Baton', 'baton ', '', null, ['bat'], 0]],
    ['aud', ['baton', 'baton-api ', '', null, [], ['other']]],
    ['exp', [now, now - 1, 0, -1, null, String(now + 600), 'never', [now + 600]]],
    ['nbf', [now + 60, 'soon']],
    ['iat', [now - 86_400, 0, null, 'now']],
    ['sub', [randomUUID(), '', null, 0, {}, `${String(claims['sub'])} `]],
    ['sid', [randomUUID(), '', null, 0, [], claims['sub']]],
  ];
  return [
    ...wrong.flatMap(([name, values]) => values.map((value) => mint(header, { ...claims, [name]: value }, secret))),
    ...['iss', 'aud', 'exp', 'iat', 'sub', 'sid'].map((name) => mint(header, without(claims, name), secret)),
  ];
}

/** A genuine token with its text distorted: parts missing or repeated, another alphabet, too long, or one character changed. */
function bent({ token, secret }: Ingredients, random: Random, count: number): string[] {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const parts = partsOf(token);
  const shapes = [
    [header],
    [header, claims],
    [header, claims, ''],
    ['', claims, signature],
    [header, '', signature],
    [header, claims, signature, ''],
    [header, claims, signature, signature],
    [claims, header, signature],
    [header, claims, signature, header, claims],
    ['', '', ''],
  ].map((shape) => shape.join('.'));
  const long = [2000, 4096, 8000].map((length) =>
    mint(parts.header, { ...parts.claims, pad: 'x'.repeat(length) }, secret),
  );
  const oversized = long.filter((one) => one.length > 4096);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const changed = Array.from({ length: count }, () => {
    const at = random.below(token.length);
    return token.slice(0, at) + random.pick(Array.from(letters)) + token.slice(at + 1);
  });
  // The last letter of a signature of 32 bytes has two unused bits, so a signature has four spellings, of which Baton writes one.
  const spellings = Array.from(letters).map((letter) => token.slice(0, -1) + letter);
  return [...shapes, ...oversized, `${token}=`, `${token}==`, ...changed, ...spellings].filter((one) => one !== token);
}

/** Tokens that must all be refused. */
export function forgeries(from: Ingredients, random: Random, count: number): string[] {
  return [...algorithms(from), ...headers(from), ...claimed(from), ...bent(from, random, count)];
}
