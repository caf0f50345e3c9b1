import { expect, test } from 'vitest';
import { LargeJson } from './large-json.ts';

test('what breaks the thread of large JSON fails alone, and the next is written by another', async () => {
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
