import { expect, test } from 'vitest';
import { LargeJson } from './large-json.ts';

test('a job that breaks the thread for large JSON fails alone, and a new thread does the next one', async () => {
  const large = new LargeJson();
  const outcomes = await Promise.allSettled([large.write('ada', { n: 1n }), large.write('ada', { text: 'é"' })]);
  expect(outcomes).toEqual([
    { status: 'rejected', reason: expect.any(TypeError) as unknown },
    {
      status: 'fulfilled',
      value: expect.objectContaining({ bytes: new Uint8Array(Buffer.from('{"text":"é\\""}')) }) as unknown,
    },
  ]);
});
