import { expect, test } from 'vitest';
import { type Service, startServices } from './services.ts';

const said: string[] = [];

const service = (name: string, fails?: 'start' | 'stop'): Service => ({
  name,
  start: () => {
    said.push(`${name} starts`);
    if (fails === 'start') throw new Error(`${name} can't start`);
  },
  stop: () => {
    said.push(`${name} stops`);
    return fails === 'stop' ? Promise.reject(new Error(`${name} can't stop`)) : Promise.resolve();
  },
});

test('services start in order; if one can’t, those before it stop and those after it never start', async () => {
  said.length = 0;
  await expect(startServices([service('a'), service('b', 'start'), service('c')])).rejects.toThrow("b can't start");
  expect(said).toEqual(['a starts', 'b starts', 'a stops']);
});

test('each service is stopped even if one fails to stop, and that failure is reported', async () => {
  said.length = 0;
  const stop = await startServices([service('a', 'stop'), service('b')]);
  await expect(stop()).rejects.toThrow("a can't stop");
  expect(said).toEqual(['a starts', 'b starts', 'a stops', 'b stops']);
});
