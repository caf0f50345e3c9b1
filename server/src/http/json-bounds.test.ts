import { expect, test } from 'vitest';
import { max_depth, max_values, requireBounded, requireDistinctNames } from './json-bounds.ts';

const read = (json: string) => () => requireBounded(Buffer.from(json));
const refused = expect.objectContaining({ code: 'body_too_large' });

test('JSON at the bounds of depth and width is accepted, and one level or value more is refused', () => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  expect(read(deep(max_depth))).not.toThrow();
  expect(read(deep(max_depth + 1))).toThrow(refused);
  const wide = (values: number) => JSON.stringify(Array.from({ length: values }, () => 0));
  expect(read(wide(max_values))).not.toThrow();
  expect(read(wide(max_values + 1))).toThrow(refused);
  expect(read(`{"a":${deep(max_depth)}}`)).toThrow(refused);
});

test('brackets and commas in strings don’t count', () => {
  expect(read(JSON.stringify({ text: '[{,'.repeat(max_values) }))).not.toThrow();
  expect(read(JSON.stringify({ text: `\\"${'['.repeat(100)}` }))).not.toThrow();
  expect(read(`["\\\\",${'['.repeat(max_depth)}`)).toThrow(refused); // an escaped backslash escapes no quote
});

test('JSON that ends in the middle is left to the parser', () => {
  for (const json of ['', '"', '"\\', '[', '{"a', ']]]]']) expect(read(json)).not.toThrow();
});

test('an object with two members of one name is refused, however the name is written', () => {
  const distinct = (json: string) => () =>
    requireDistinctNames(JSON.parse(json) as object, requireBounded(Buffer.from(json)));
  const twice = expect.objectContaining({ code: 'malformed_json' });
  expect(distinct('{"a":1,"a":1}')).toThrow(twice);
  expect(distinct('{"a":[{"b":":","\\u0062":2}]}')).toThrow(twice);
  expect(distinct('{"__proto__":1,"__proto__":2}')).toThrow(twice);
  expect(distinct('{"__proto__":{"a":1},"a":{"a":":"},"b":[{"a":1},{"a":1}],"1":{}}')).not.toThrow();
});
