import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIfMatch, requireMatch } from './preconditions.ts';

describe('If-Match', () => {
  test.each([
    [undefined, undefined],
    ['*', '*'],
    [' * ', '*'],
    ['"7"', [7]],
    ['"7", "8" ,"9"', [7, 8, 9]],
    ['"123456789"', [123456789]],
    ['"1234567890"', []],
    ['W/"7"', []],
    ['"7a"', []],
    ['"a7"', []],
    ['""', []],
    ['"*"', []],
    ['"x", "7"', [7]],
    ['"!#~\x80\xff"', []],
  ])('%j names %j', (header, names) => {
    expect(parseIfMatch(header)).toEqual(names);
  });

  test.each([
    '',
    '7',
    '"7',
    '7"',
    '"7""',
    '"7" 8',
    'W"7"',
    'w/"7"',
    'X/"7"',
    'xW/"7"',
    '"7"x',
    '*, "7"',
    '" "',
    '"\x7f"',
    '"7",',
    '"a"b"',
  ])('%j is no list of entity tags', (header) => {
    expect(() => parseIfMatch(header)).toThrow('If-Match must be * or a list of entity tags like "7".');
  });

  test('names every version that is listed, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 999_999_999 }), { minLength: 1, maxLength: 9 }), (versions) => {
        expect(parseIfMatch(versions.map((version) => `"${version}"`).join(', '))).toEqual(versions);
      }),
    );
  });

  test('that is malformed has its own code', () => {
    expect(() => parseIfMatch('7')).toThrow(expect.objectContaining({ code: 'malformed_request' }));
  });
});

describe('a precondition', () => {
  test('holds where none is asked for, where any will do, and at a version that is named', () => {
    for (const if_match of [undefined, '*', [7], [6, 7]] as const) expect(requireMatch(if_match, 7)).toBeUndefined();
  });

  test('fails at every other version, and says which it is', () => {
    const failure = (data: Record<string, unknown>) =>
      expect.objectContaining({ code: 'precondition_failed', data: { current_version: 7, ...data } });
    for (const if_match of [[], [6], [6, 8]]) {
      expect(() => requireMatch(if_match, 7)).toThrow(failure({}));
      expect(() => requireMatch(if_match, 7, { current_status: 'open' })).toThrow(failure({ current_status: 'open' }));
    }
  });
});
