import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { ByteShares } from './byte-shares.ts';
import { HoldBack } from './hold-back.ts';
import { LoopTurns } from './loop-turns.ts';
import { LargeJson } from './large-json.ts';
import { problemHandler } from './problem.ts';
import { type Sending, sendJson } from './send.ts';
import { Served } from './served.ts';

const network = '127.0.0.1';
const body = { text: 'x'.repeat(100_000) };

/** The outcomes of a read and of a write whose responses are this body. */
async function outcomes(sending: Sending): Promise<{ read: number; write: number; written: unknown }> {
  const app = express();
  app.all('/', (_req, res) => sendJson(sending, res, body));
  app.use(problemHandler({ ...sending, log: pino({ level: 'silent' }) }, new HoldBack(0, new LoopTurns())));
  const server = createServer(app).listen(0, network);
  await once(server, 'listening');
  const url = `http://${network}:${(server.address() as AddressInfo).port}/`;
  const [read, write] = [await fetch(url), await fetch(url, { method: 'POST' })];
  const written: unknown = await write.json();
  await read.text();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { read: read.status, write: write.status, written };
}

test('when the memory share is used up, a read is refused, but a completed write gets its response', async () => {
  const responses = new ByteShares(64 * 1024 * 1024);
  const sending = { responses, served: new Served(2 ** 30), large_json: new LargeJson() };
  responses.take({ user_id: undefined, network }, 32 * 1024 * 1024);
  expect(await outcomes(sending)).toEqual({ read: 429, write: 200, written: body });
  expect(responses.held).toBe(32 * 1024 * 1024);
});

test('when the queue for large JSON is full, a read is refused, but a completed write gets its response', async () => {
  const large_json = new LargeJson();
  const most = 65; // one is written, 64 wait
  const long = '\u0001'.repeat(2_000_000);
  const before = Array.from({ length: most }, (_, n) => large_json.write(`account ${n}`, n === 0 ? long : ''));
  const sending = { responses: new ByteShares(2 ** 26), served: new Served(2 ** 30), large_json };
  expect(await outcomes(sending)).toEqual({ read: 503, write: 200, written: body });
  expect(await Promise.all(before)).toHaveLength(most);
});
