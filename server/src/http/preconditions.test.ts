import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isKnown,
  parseIfMatch,
  readConditions,
  refuseIfNoneMatch,
  requireCurrent,
  requireMatch,
  requireNoTag,
} from './preconditions.ts';

describe('If-Match', () => {
  test.each([
    [undefined, undefined],
    ['*', '*'],
    [' * ', '*'],
    ['"7"', [7]],
    ['"7", "8" ,"9"', [7, 8, 9]],
    ['"123456789"', [123456789]],
    ['"1234567890"', [1234567890]],
    ['"2147483647"', [2147483647]],
    ['"2147483648", "7"', [7]],
    ['"9999999999"', []],
    ['"12345678901"', []],
    ['"01"', []],
    ['"0"', []],
    ['"x,y", "1"', [1]],
    ['"1,2"', []],
    [', "7",, "8" , ', [7, 8]],
    ['"7",', [7]],
    [',, "7"', [7]],
    ['\t,\t"7"\t,\t"8"\t', [7, 8]],
    ['"7","8"', [7, 8]],
    ['  "7"  ', [7]],
    ['W/"7"', []],
    ['"7-AAAAAAAAAAAAAAAAAAAA-_"', [7]],
    ['"7-short"', []],
    ['W/"7-AAAAAAAAAAAAAAAAAAAAAA"', []],
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
    ',',
    '"7" "8"',
    '"a"b"',
  ])('%j is not a list of entity tags', (header) => {
    expect(() => parseIfMatch(header)).toThrow('If-Match must be * or a list of entity tags like "7".');
  });

  test('names every version that is listed, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2_147_483_647 }), { minLength: 1, maxLength: 9 }), (versions) => {
        expect(parseIfMatch(versions.map((version) => `"${version}"`).join(', '))).toEqual(versions);
      }),
    );
  });

  test('that is malformed is refused with malformed_request', () => {
    expect(() => parseIfMatch('7')).toThrow(expect.objectContaining({ code: 'malformed_request' }));
  });
});

describe('the conditions of a read', () => {
  test('are none without If-Match and If-None-Match', () => {
    expect(readConditions({ accept: '*/*' })).toBeUndefined();
  });

  test('are those of the headers that it has', () => {
    expect(readConditions({ 'if-match': '"7"' })).toEqual({ if_match: [7], if_none_match: undefined });
    expect(readConditions({ 'if-none-match': '"7"' })).toEqual({ if_match: undefined, if_none_match: ['7'] });
    expect(readConditions({ 'if-match': '*', 'if-none-match': '*' })).toEqual({ if_match: '*', if_none_match: '*' });
  });

  test('are refused with malformed_request if If-None-Match is not a list of entity tags', () => {
    expect(() => readConditions({ 'if-none-match': '7' })).toThrow(
      expect.objectContaining({
        code: 'malformed_request',
        data: { detail: 'If-None-Match must be * or a list of entity tags like "7".' },
      }),
    );
  });
});

describe('a client that sends If-None-Match', () => {
  const has = (header: string | undefined, tag: string) =>
    isKnown(readConditions({ 'if-none-match': header })?.if_none_match, tag);

  test.each(['"7-abc"', 'W/"7-abc"', '"6-xyz", "7-abc"', '*'])(
    'has the representation "7-abc" if it sends %s',
    (header) => {
      expect(has(header, '"7-abc"')).toBe(true);
      expect(has(header.replace('7-abc', 'abc'), 'W/"abc"')).toBe(true);
    },
  );

  test.each([undefined, '"7"', '"abc"', '"6-abc", W/"7-abd"', '"W/7-abc"'])(
    'lacks the representation "7-abc" if it sends %s',
    (header) => {
      expect(has(header, '"7-abc"')).toBe(false);
      expect(has(header, 'W/"7-abc"')).toBe(false);
    },
  );
});

describe('a precondition', () => {
  test('holds without If-Match, with *, and at a version that If-Match names', () => {
    for (const if_match of [undefined, '*', [7], [6, 7]] as const) {
      expect(requireMatch(if_match, { current_version: 7 })).toBeUndefined();
      expect(requireCurrent({ if_match, version: undefined }, { current_version: 7 })).toBeUndefined();
      expect(requireCurrent({ if_match, version: 7 }, { current_version: 7 })).toBeUndefined();
    }
  });

  test('fails at every other version, and returns the current one', () => {
    for (const current of [{ current_version: 7 }, { current_version: 7, current_status: 'open' }]) {
      for (const [if_match, detail] of [
        [[], 'If-Match names no version: weak tags (W/"…") and those of other servers never match.'],
        [[6], 'The resource has another version by now. Read it again.'],
        [[6, 8], 'The resource has another version by now. Read it again.'],
      ] as const) {
        const failure = expect.objectContaining({ code: 'precondition_failed', data: { detail, ...current } });
        expect(() => requireMatch(if_match, current)).toThrow(failure);
        expect(() => requireCurrent({ if_match, version: 7 }, current)).toThrow(failure);
      }
    }
  });

  test('in the body fails with conflict, and returns the current version', () => {
    const data = { detail: 'Version 6 is not the current one. Read it again.', current_version: 7 };
    expect(() => requireCurrent({ if_match: '*', version: 6 }, { current_version: 7 })).toThrow(
      expect.objectContaining({ code: 'conflict', data }),
    );
  });
});

describe('a write whose target has no entity tag', () => {
  test('is refused if If-Match names a tag, and not if it is *', () => {
    expect(requireNoTag(undefined)).toBeUndefined();
    expect(requireNoTag('*')).toBeUndefined();
    const detail = 'This request takes no version: leave out If-Match, or send If-Match: *.';
    for (const if_match of [[], [1]]) {
      expect(() => requireNoTag(if_match)).toThrow(
        expect.objectContaining({ code: 'precondition_failed', data: { detail } }),
      );
    }
  });
});

test('If-None-Match on a write is refused', () => {
  expect(refuseIfNoneMatch(undefined)).toBeUndefined();
  const detail = 'A write takes If-Match, not If-None-Match.';
  for (const header of ['*', '"1"', 'W/"1"']) {
    expect(() => refuseIfNoneMatch(header)).toThrow(
      expect.objectContaining({ code: 'precondition_failed', data: { detail } }),
    );
  }
  expect(() => refuseIfNoneMatch('1')).toThrow(
    expect.objectContaining({
      code: 'malformed_request',
      data: { detail: 'If-None-Match must be * or a list of entity tags like "7".' },
    }),
  );
});
