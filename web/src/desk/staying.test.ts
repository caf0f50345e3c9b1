import { expect, test } from 'vitest';
import { settle } from '../store/testing.ts';
import { Uploads } from '../store/uploads.ts';
import { stayWhileSending } from './staying.ts';

test('the browser goes on asking while files of another workspace are being sent', async () => {
  const page = new EventTarget();
  const sends = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  for (const { promise } of sends) {
    const uploads = new Uploads(() => promise);
    stayWhileSending(uploads, page);
    uploads.add('t1', [new File(['…'], 'crane.png')]);
  }
  const asks = () => !page.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  sends[1]?.resolve();
  await settle();
  expect(asks()).toBe(true);
  sends[0]?.resolve();
  await settle();
  expect(asks()).toBe(false);
});

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
