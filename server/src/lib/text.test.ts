import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonBytesOf, lineFault, normalText, textFault, toLine, toText } from './text.ts';

test('text is composed, and its line ends are LF', () => {
  expect(normalText('cafe\u0301\r\nA\u030a\rx\u001b[1m')).toBe('café\nÅ\rx\u001b[1m');
  expect(normalText('ＡB\u202e')).toBe('ＡB\u202e'); // compatibility forms stay what they are
});

test('the bytes of a text in JSON are counted without creating the JSON', () => {
  for (const one of [...Array.from({ length: 0xd800 }, (_, unit) => String.fromCharCode(unit)), '\ue000😀\uffff']) {
    expect(jsonBytesOf(one)).toBe(Buffer.byteLength(JSON.stringify(one)) - 2);
  }
});

test('text that can’t be stored, or that takes quadratic time to compose, is refused', () => {
  for (const text of ['a\0', '\ud800', `a${'\u0301'.repeat(31)}`]) expect(textFault(text)).toBeDefined();
  for (const text of ['\u001b[1m\t\r\n\u202e\ufeff', `a${'\u0301'.repeat(30)}`])
    expect(textFault(text)).toBeUndefined();
  const started = performance.now();
  const marks = `a${'\u0315'.repeat(20_000)}${'\u0316'.repeat(20_000)}`;
  expect(normalText(marks)).toBe(marks);
  expect(performance.now() - started).toBeLessThan(200);
});

test.each([
  'Größe: 5 µm – “fine” … ½ € 漢字 한국어 עברית العربية हिन्दी ไทย',
  'می‌خواهم', // a non-joiner between Persian letters
  'ക്‍ and र्‍', // a joiner after a virama
  'ភាសា​ខ្មែរ', // a zero-width space between Khmer words
  '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 1️⃣ ❤️ ℹ️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '葛\u{e0100}城',
  '\u200fC++ בעברית',
  '۝ ؀١٢',
  '\ue000',
  'a\u00a0b\u3000c',
])('a line may be %j', (line) => {
  expect(lineFault(line)).toBeUndefined();
  expect(toLine(line)).toBe(normalText(line));
});

test.each([
  ...['a\nb', 'a\rb', 'a\tb', 'a\u001b[1mb', 'a\bb', 'a\u0085b', 'a\u2028b', 'a\u2029b', 'a\u007fb', 'a\u0000b'],
  ...['\u202eabc', 'a\u202ab', 'a\u202cb', 'a\u2066b', 'a\u2069b'],
  ...[
    'bu\u200bg',
    'bu\u200cg',
    'bu\u200dg',
    'bug\u200d',
    'bu\u00adg',
    'bug\u2060',
    '\ufeffbug',
    'bug\u200e',
    'bug\u061c',
  ],
  ...['bug\ufe0f', '\ufe0fbug', 'bug\u{e0067}', 'bug\u{e0001}', 'bug\u3164', 'bug\u2063', 'bug\ufff9'],
  ...['\u2800', '\u3164', '\u3000', '\ufe0f', '\u200f'],
  `a${'\u0301'.repeat(31)}`,
])('a line is never %j', (line) => {
  expect(lineFault(line)).toBeDefined();
});

test('an importer can turn any text into one that can be stored, or into a line', () => {
  const given = `a\0\ud83d😀e\u0301${'\u0301'.repeat(40)}\r\n\u001b`;
  expect(textFault(toText(given))).toBeUndefined();
  expect(toText(given)).toBe(`a😀é${'\u0301'.repeat(29)}\n\u001b`);
  expect(toLine('  one\r\ntwo\tthree\u202e \u200bfour\u001b[1m  ')).toBe('one two three four [1m');
  const odd = fc.constantFrom(
    '\u3164',
    '\u200d',
    '\u202e',
    '\u{e0067}',
    '\ufe0f',
    '\u200f',
    '\u061c',
    'א',
    'a',
    '👩',
    '\u0301',
    '\n',
    '\0',
  );
  fc.assert(fc.property(fc.string({ unit: odd }), (text) => lineFault(`x ${toLine(text)}`) === undefined));
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => lineFault(`x ${toLine(text)}`) === undefined));
});
