import fc from 'fast-check';

/** The content type: mostly JSON, written in several ways. */
export const content_type = fc.oneof(
  { weight: 30, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'application/json; charset=utf-8',
      'Application/JSON',
      'application/json;charset="UTF-8";x=y',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        'text/plain',
        'text/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/xml',
      ],
      ...[
        'application/json; charset=latin1',
        'application/json; charset=utf-16',
        'application/problem+json',
        'application/merge-patch+json',
        '',
        '/',
        'application/json,text/html',
      ],
    ),
  },
);
const if_match = fc.constantFrom<unknown>(
  ...[
    '*',
    '"1"',
    'W/"1"',
    '"1", "2"',
    '1',
    '"',
    '""',
    '"1", *',
    ' * ',
    '"99999999999999999999"',
    '"-1"',
    ',',
    '"\u00e9"',
    '"a b"',
    '"1"'.repeat(200),
  ],
);
/** Further headers of a request, mostly none. */
export const odd_headers: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: if_match.map((value) => ({ 'if-match': value })) },
  // A new key each time: using a key twice is the subject of the check `retries`.
  { weight: 3, arbitrary: fc.uuid().map((value) => ({ 'idempotency-key': value })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('', '"', '""', 'a b', 'a,b', 'k'.repeat(300))
      .map((value) => ({ 'idempotency-key': value })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Record<string, unknown>>(
      { 'content-encoding': 'gzip' },
      { 'content-encoding': 'br, identity' },
      { 'content-encoding': 'identity' },
      { accept: 'text/html' },
      { 'accept-encoding': 'x;q=nonsense' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer a.b.c' },
      { authorization: 'Basic OjpA' },
      { 'x-request-id': '"; drop' },
      { 'user-agent': '\u00ff'.repeat(500) },
      { 'x-forwarded-for': '::1, 999.1.1.1, a' },
      { origin: 'null' },
      { 'if-none-match': '*' },
      { range: 'bytes=0-0' },
      { cookie: '__proto__=1; a' },
    ),
  },
);
