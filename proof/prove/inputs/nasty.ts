import fc from 'fast-check';

/** A text to send unchanged in place of JSON, whether it is valid JSON or not. */
export class Verbatim {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value that is known only once there are people and a workspace: an id, a token, an address. */
export class Known {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Texts that have broken software: by their bytes, direction or length, or because they were evaluated. */
const texts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udc00\ud800',
  '\ufeff',
  '\ufffe\uffff',
  '\u202eabc',
  '\u200b',
  '\r\n\t\v\f\b\u007f\u0085\u2028',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢',
  '﷽'.repeat(40),
  '👩‍👩‍👧‍👦🏳️‍🌈',
  'İıẞſK',
  'null',
  'undefined',
  'NaN',
  'true',
  '-0',
  '1e400',
  '0x10',
  '９',
  '%00',
  '%s%n%d',
  '../../etc/passwd',
  '\\\\host\\share',
  '{{7*7}}',
  '${7*7}',
  '<script>alert(1)</script>',
  "' or '1'='1",
  "'; drop table users; --",
  '$1',
  '\\x00\\',
  '__proto__',
  'constructor',
  'toString',
  'length',
  'a'.repeat(65),
  'a'.repeat(3000),
  'ä'.repeat(600),
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  '9999-99-99',
  '0000-01-01',
  '-271821-04-20T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '2026-02-30T25:61:61Z',
  '2026-06-30T23:59:60Z',
  'EN-0',
  'ENG-9999999999',
  'ENG-2147483648',
  'a@b',
  `${'a'.repeat(300)}@example.com`,
];

/** Numbers at the limits of numeric types, as they are written. */
const numbers = [
  '0',
  '-0',
  '-1',
  '0.1',
  '1e0',
  '2147483647',
  '2147483648',
  '-2147483649',
  '9007199254740993',
  '9223372036854775808',
  '1e400',
  '-1e400',
  '5e-324',
  '1e-400',
  '9'.repeat(400),
  `0.${'1'.repeat(400)}`,
];

/** Invalid JSON to put in place of a value. */
const broken = [
  '',
  'NaN',
  'Infinity',
  '01',
  '1.',
  '.5',
  '+1',
  "'a'",
  '"\n"',
  '"\\x"',
  '"\\u12"',
  'tru',
  '[1,]',
  '{a:1}',
  '/*',
  '}',
];

const keys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  '\0',
  '\ud800',
  'id',
  'version',
  'a'.repeat(300),
];

const depths = [2, 50, 2000].map((depth) => '['.repeat(depth) + ']'.repeat(depth));
const nested = [20, 1000].map((depth) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth));
const wide = [`[${'0,'.repeat(500)}0]`, `{${Array.from({ length: 300 }, (_, n) => `"k${n}":${n}`).join()}}`];

// Not fast-check's `binary`: for each string that it generates, it indexes all code points for shrinking, which nobody uses here.
const any_character = fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code));

export const nasty_text = fc.oneof(fc.constantFrom(...texts), fc.string({ unit: any_character, maxLength: 20 }));
export const nasty_key = fc.constantFrom(...keys);
export const broken_json = fc.constantFrom(...broken);

/** A JSON value that is valid almost nowhere. */
export const nasty_value: fc.Arbitrary<unknown> = fc.oneof(
  nasty_text,
  fc.constantFrom(...numbers, ...depths, ...nested, ...wide).map((text) => new Verbatim(text)),
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    [],
    {},
    [null],
    new Verbatim('{"__proto__":{"a":1}}'),
    new Verbatim('{"a":1,"a":2}'),
  ),
);
