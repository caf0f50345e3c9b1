import { expect, test } from 'vitest';
import { isComposing } from './composing.ts';

test.each([
  ['a key within a composition', { isComposing: true, keyCode: 13 }, true],
  ['the key that ended a composition in Safari', { isComposing: false, keyCode: 229 }, true],
  ['any other key', { isComposing: false, keyCode: 13 }, false],
])('%s is an input method’s, or not', (_, event, is_composing) => {
  expect(isComposing(event)).toBe(is_composing);
});
