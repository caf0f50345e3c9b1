import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Request, Response } from 'express';
import { expect, test } from 'vitest';
import { change_tickets } from '../tickets/bulk-contract.ts';
import { readBody } from './body.ts';
import { ByteShares } from './byte-shares.ts';
import { LargeJson } from './large-json.ts';
import { Pace } from './pace.ts';

/** Sends a request whose client leaves before its body is read, and returns the outcome of reading the body. */
async function readAfterLeaving(request: string): Promise<unknown> {
  let outcome: Promise<unknown> | undefined;
  const server = createServer((req: IncomingMessage, plain: ServerResponse) => {
    const res = Object.assign(plain, { locals: {} });
    const read = readBody({
      operation: change_tickets,
      limit: 100_000,
      bodies: new ByteShares(1_000_000),
      written: new Pace({ count: 1_000_000, within_ms: 1000, burst: 1_000_000 }),
      large_json: new LargeJson(),
      request_timeout_ms: 600_000,
      // The client leaves while its permission is checked.
      confirm: async () => {
        const closed = new Promise((resolve) => req.once('close', resolve));
        socket.destroy();
        await closed;
      },
    });
    outcome = Promise.resolve(read(req as Request, res as unknown as Response, () => undefined)).catch(
      (error: unknown) => error,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${request}`);
  await expect.poll(() => outcome !== undefined).toBe(true);
  server.close();
  return outcome;
}

// A connection that has closed emits no further event. Without a check, reading the body would wait forever.
test.each([
  ['a part of it', `Content-Length: 20000\r\n\r\n{`],
  ['all of it', `Content-Length: 20000\r\n\r\n{${' '.repeat(19_998)}}`],
  ['no chunk of it', 'Transfer-Encoding: chunked\r\n\r\n'],
])('reading a body fails if its client has left, having sent %s', async (_, request) => {
  await expect(readAfterLeaving(request)).resolves.toMatchObject({
    code: 'malformed_request',
    cause: expect.objectContaining({ message: 'The client left.' }),
  });
});
