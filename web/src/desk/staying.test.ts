import { expect, test } from 'vitest';
import { settle } from '../store/testing.ts';
import { Uploads } from '../store/uploads.ts';
import { stayWhileSending } from './staying.ts';

test('the browser asks before the page is closed only while a file is being sent', async () => {
  const page = new EventTarget();
  const { promise, resolve } = Promise.withResolvers<void>();
  const uploads = new Uploads(() => promise);
  stayWhileSending(uploads, page);
  const asks = () => !page.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  expect(asks()).toBe(false);
  uploads.add('t1', [new File(['…'], 'crane.png')]);
  expect(asks()).toBe(true);
  resolve();
  await settle();
  expect(asks()).toBe(false);
});
