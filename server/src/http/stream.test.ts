import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { BatonError } from '../errors.ts';
import { ByteShares } from './byte-shares.ts';
import { Served } from './served.ts';
import { sendStream } from './stream.ts';

const frame = (bytes: number) => `data: ${'x'.repeat(bytes)}\n\n`;

interface Streaming {
  response: IncomingMessage;
  responses: ByteShares;
  logged: string[];
  ended: Promise<void>;
  stop: () => Promise<void>;
}

/** Sends these frames to a client that has read nothing yet. */
async function stream(frames: () => AsyncIterable<string>, beat_ms = 60_000): Promise<Streaming> {
  const responses = new ByteShares(2 ** 26);
  const logged: string[] = [];
  const log = pino({ level: 'error' }, { write: (line) => logged.push(line) });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const app = express();
  app.get('/', (_req, res) => {
    void sendStream({ responses, served: new Served(2 ** 30), log }, res, frames(), beat_ms).then(resolve);
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const asked = get(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { response, responses, logged, ended, stop };
}

test('a stream without events sends heartbeats', async () => {
  const idle = await stream(async function* () {
    await sleep(250);
    yield* [];
  }, 100);
  expect(Buffer.concat(await idle.response.toArray()).toString()).toMatch(/^retry: [12]\d{3}\n\n(:\n\n)+$/);
  await idle.stop();
});

test('an error during a stream is its last event, and an internal error is logged', async () => {
  const busy = await stream(async function* () {
    yield frame(1);
    throw new BatonError('overloaded', {}, { retry_after_s: 7 });
  });
  const says = Buffer.concat(await busy.response.toArray()).toString();
  expect(says).toMatch(
    /^retry: [12]\d{3}\n\ndata: x\n\nretry: 7000\nevent: problem\ndata: \{.*"code":"overloaded"\}\n\n$/,
  );
  expect(busy.logged).toEqual([]);
  await busy.stop();
  const broken = await stream(async function* () {
    yield frame(1);
    throw new Error('a secret');
  });
  const bland = Buffer.concat(await broken.response.toArray()).toString();
  expect(bland).toContain('"code":"internal_error"');
  expect(bland).not.toContain('a secret');
  expect(broken.logged.join()).toContain('a secret');
  await broken.stop();
});

test('a client that reads nothing is sent nothing more, and its bytes count until it has left', async () => {
  let sent = 0;
  let left = false;
  const slow = await stream(async function* () {
    try {
      for (; sent < 1_000; sent++) yield frame(2 ** 20);
    } finally {
      left = true;
    }
  }, 10);
  await sleep(500);
  const by_then = sent;
  expect(by_then).toBeLessThan(50);
  expect(slow.responses.held).toBeGreaterThan(2 ** 20);
  expect(slow.responses.held).toBeLessThan(2 ** 21);
  await sleep(200);
  expect([sent, left]).toEqual([by_then, false]);
  slow.response.destroy();
  await slow.ended;
  expect([slow.responses.held, left]).toEqual([0, true]);
  await slow.stop();
});
