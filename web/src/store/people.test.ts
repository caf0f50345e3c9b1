import type { Person } from 'baton-sdk';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { People } from './people.ts';

const person = (user_id: string, former = false): Person => ({
  user_id,
  name: user_id.toUpperCase(),
  role: former ? null : 'member',
  bot: false,
  former,
  created_at: '2026-01-01T00:00:00.000000Z',
});

describe('the people of a workspace', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function makePeople(answer = async (ids: readonly string[]) => ids.map((id) => person(id, id === 'kim'))) {
    const asked: string[][] = [];
    const people = new People('w', (_, ids) => {
      asked.push([...ids]);
      return answer(ids);
    });
    return { people, asked };
  }

  test('are requested in one batch, and each only once', async () => {
    const { people, asked } = makePeople();
    people.want(['ada', 'kim']);
    people.want(['kim', 'grace']);
    await vi.advanceTimersByTimeAsync(20);
    people.want(['ada']);
    await vi.advanceTimersByTimeAsync(20);
    expect(asked).toEqual([['ada', 'kim', 'grace']]);
    expect([people.get('ada')?.name, people.get('kim')?.former]).toEqual(['ADA', true]);
  });

  test('are requested 100 at a time', async () => {
    const { people, asked } = makePeople();
    people.want(Array.from({ length: 250 }, (_, index) => `id-${index}`));
    await vi.advanceTimersByTimeAsync(20);
    expect(asked.map(({ length }) => length)).toEqual([100, 100, 50]);
  });

  test('are requested again if the request failed, but not if the server does not know them', async () => {
    let fails = false;
    const { people, asked } = makePeople(async () => {
      if (fails) throw new Error('no response');
      return [];
    });
    people.want(['nobody']);
    await vi.advanceTimersByTimeAsync(20);
    people.want(['nobody']);
    fails = true;
    people.want(['ada']);
    await vi.advanceTimersByTimeAsync(6_000);
    people.want(['ada', 'nobody']);
    await vi.advanceTimersByTimeAsync(20);
    expect(asked).toEqual([['nobody'], ['ada'], ['ada']]);
  });

  test('are requested again after their role has changed', async () => {
    const { people, asked } = makePeople();
    people.want(['ada']);
    await vi.advanceTimersByTimeAsync(20);
    people.forget('ada');
    people.want(['ada']);
    await vi.advanceTimersByTimeAsync(20);
    expect(asked).toEqual([['ada'], ['ada']]);
  });
});
