import { describe, expect, test } from 'vitest';
import { shownOf } from './shown-toasts.ts';

const done = (text: string) => ({ text, kind: 'done' as const });
const error = (text: string) => ({ text, kind: 'error' as const });

/** Shows messages one after the other, and returns those that are left. */
const left = (...given: { text: string; kind: 'done' | 'error' }[]) =>
  given.reduce<typeof given>((shown, one) => shownOf([...shown, one]), []).map(({ text }) => text);

describe('the messages', () => {
  test('are three at most, and the oldest goes first', () => {
    expect(left(done('1'), done('2'), done('3'), done('4'))).toEqual(['2', '3', '4']);
  });

  test('about errors are not pushed away by others, nor by other errors', () => {
    expect(left(error('1'), done('2'), done('3'), done('4'))).toEqual(['1', '3', '4']);
    expect(left(error('1'), error('2'), error('3'), error('4'))).toEqual(['1', '2', '3', '4']);
    expect(left(error('1'), error('2'), error('3'), done('4'), done('5'))).toEqual(['1', '2', '3', '5']);
  });

  test('about errors are ten at most', () => {
    const many = Array.from({ length: 12 }, (_, index) => error(String(index)));
    expect(left(...many)).toHaveLength(10);
    expect(left(...many).at(0)).toBe('2');
  });
});
