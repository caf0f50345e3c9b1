import { expect, test } from 'vitest';
import { type Sending, type Upload, Uploads } from './uploads.ts';

interface Sent extends Sending {
  upload: Upload;
  end: (error?: Error) => void;
}

function makeUploads() {
  const sent: Sent[] = [];
  const uploads = new Uploads((upload, sending) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    sent.push({ upload, ...sending, end: (error) => (error === undefined ? resolve() : reject(error)) });
    sending.signal.addEventListener('abort', () => reject(new Error('aborted')));
    return promise;
  });
  const states = () => uploads.get().map(({ file, state, sent_bytes }) => [file.name, state, sent_bytes]);
  return { uploads, sent, states };
}

const file = (name: string) => new File(['bytes'], name);
const turn = () => new Promise((resolve) => setTimeout(resolve));

test('two files are sent at a time, and each finished one is reported', async () => {
  const { uploads, sent, states } = makeUploads();
  const done: string[] = [];
  uploads.done.add((upload) => done.push(upload.file.name));
  uploads.add('t', [file('a'), file('b'), file('c')]);
  sent[0]?.progress(3);
  expect(states()).toEqual([
    ['a', 'sending', 3],
    ['b', 'sending', 0],
    ['c', 'waiting', 0],
  ]);
  sent[0]?.end();
  await turn();
  expect(done).toEqual(['a']);
  expect(states()).toEqual([
    ['b', 'sending', 0],
    ['c', 'sending', 0],
  ]);
});

test('a failed file stays with its reason, does not block the others, and is retried under its own key', async () => {
  const { uploads, sent, states } = makeUploads();
  uploads.add('t', [file('a'), file('b'), file('c')]);
  sent[0]?.end(new Error('no'));
  await turn();
  expect(states()[0]).toEqual(['a', 'failed', 0]);
  expect(sent.map(({ upload }) => upload.file.name)).toEqual(['a', 'b', 'c']);
  const [failed] = uploads.get();
  expect(failed?.error).toEqual(new Error('no'));
  sent[1]?.end();
  await turn();
  uploads.retry(failed?.id ?? '');
  expect(sent[3]?.upload.id).toBe(failed?.id);
  sent[3]?.end();
  sent[2]?.end();
  await turn();
  expect(states()).toEqual([]);
});

test('a dropped file is aborted, and is not shown as failed', async () => {
  const { uploads, sent, states } = makeUploads();
  uploads.add('t', [file('a'), file('b'), file('c')]);
  uploads.drop(sent[0]?.upload.id ?? '');
  expect(sent[0]?.signal.aborted).toBe(true);
  await turn();
  expect(states()).toEqual([
    ['b', 'sending', 0],
    ['c', 'sending', 0],
  ]);
});
