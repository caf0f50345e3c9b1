import { expect, test } from 'vitest';
import { resolutionOf } from './resolution.ts';

test.each(['---', '-', 'none', 'None', 'unresolved', 'Unresolved', ' --- ', '(none)', 'reopened'])(
  '%s is no resolution',
  (word) => {
    expect(resolutionOf(word)).toBeNull();
  },
);

test.each(['fixed', 'WONTFIX', 'non-issue', 'not a bug'])('%s is a resolution', (word) => {
  expect(resolutionOf(word)).toBe(word);
});
