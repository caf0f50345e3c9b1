import { describe, expect, test } from 'vitest';
import { offeredLabels } from './offered-labels.ts';

const offered = (typed: string, given: Partial<Parameters<typeof offeredLabels>[0]> = {}) =>
  offeredLabels({
    typed,
    known: ['crane', 'Brake'],
    found: undefined,
    is_answer: false,
    most: 3,
    longest: 10,
    ...given,
  });

describe('the labels that a menu offers', () => {
  test('are those of loaded tickets at first, in any letter case, and the text itself as another one', () => {
    expect(offered('')).toEqual({ labels: ['crane', 'Brake'], other: undefined, complete: false });
    expect(offered('BRA')).toEqual({ labels: ['Brake'], other: 'BRA', complete: false });
  });

  test('are joined by those of the response, once each, and none of the known ones moves', () => {
    const found = { names: ['Brake', 'bolt'], complete: true };
    expect(offered('b', { found, is_answer: true })).toEqual({
      labels: ['Brake', 'bolt'],
      other: 'b',
      complete: true,
    });
  });

  test('keep what matches of the response to an earlier text, which says nothing about this one', () => {
    const found = { names: ['bolt', 'bulb'], complete: true };
    expect(offered('bo', { found })).toEqual({ labels: ['bolt'], other: 'bo', complete: false });
  });

  test('contain what the server takes for a match, whatever the browser does', () => {
    const found = { names: ['Σίγμα'], complete: true };
    expect(offered('ς', { known: [], found, is_answer: true }).labels).toEqual(['Σίγμα']);
    expect(offered('ς', { known: [], found }).labels).toEqual([]);
  });

  test('are complete only if the response is', () => {
    expect(offered('b', { found: { names: ['bolt'], complete: false }, is_answer: true }).complete).toBe(false);
  });

  test('begin with the label that is the text itself, so that it is never cut off', () => {
    const known = ['a1', 'a2', 'a3', 'a'];
    expect(offered('a', { known })).toEqual({ labels: ['a', 'a1', 'a2'], other: undefined, complete: false });
  });

  test('do not include a text that is too long for a label', () => {
    expect(offered('x'.repeat(10)).other).toBe('x'.repeat(10));
    expect(offered('x'.repeat(11)).other).toBeUndefined();
  });
});
