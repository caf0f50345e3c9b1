import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RawAnswer, readAnswers } from './raw.ts';

/** A way to keep a connection open and be slow. */
export interface SlowKind {
  name: string;
  /** Sent at once. */
  start: string;
  /** Then sent one byte at a time, over and over. */
  drip: string;
  /** The limit that ends it: that of headers, or that of a whole request. */
  limit: 'headers' | 'request';
  /** The statuses of all responses, including the last. */
  statuses: readonly number[];
}

const me = 'GET /v1/me HTTP/1.1\r\nHost: a\r\n';
const livez = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n';
const login = 'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
const of_no_json = `${login.replace('application/json', 'text/plain')}Content-Length: 16000\r\n\r\n`;

export const slow_kinds: readonly SlowKind[] = [
  { name: 'says nothing', start: '', drip: '', limit: 'headers', statuses: [408] },
  { name: 'drips its headers', start: me, drip: 'X-A: b\r\n', limit: 'headers', statuses: [408] },
  { name: 'stops within its headers', start: 'GET /v1/me HT', drip: '', limit: 'headers', statuses: [408] },
  { name: 'drips its second request', start: livez + me, drip: 'X: b\r\n', limit: 'headers', statuses: [200, 408] },
  ...(
    [
      ['drips its body', `${login}Content-Length: 16000\r\n\r\n`, ' ', 408],
      ['drips chunks', `${login}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n', 408],
      ['stops within its body', `${login}Content-Length: 16000\r\n\r\n{`, '', 408],
      // It gets its response at once, and no second one.
      ['drips a body that is refused', of_no_json, ' ', 415],
    ] as const
  ).map(([name, start, drip, status]) => ({ name, start, drip, limit: 'request' as const, statuses: [status] })),
];

const drip_ms = 50;

async function drip(socket: Socket, text: string): Promise<void> {
  if (text === '') return;
  for (let n = 0; socket.writable; n++) {
    socket.write(text[n % text.length] ?? '');
    await sleep(drip_ms);
  }
}

/** What happened to a slow client. */
export interface Fate {
  /** When the server closed the connection; undefined if not in time. */
  ended_ms: number | undefined;
  /** What ended it: `end`, `close`, or the code of an error such as ECONNRESET. */
  ended_by?: string;
  answers: RawAnswer[];
}

export interface SlowClient {
  fate: Promise<Fate>;
  /** Closes the connection, which the client itself never does. */
  leave: () => void;
}

/** Starts a client that is slow until the server closes the connection, or for this long. */
export function beSlow({ start, drip: text }: SlowKind, port: number, patience_ms: number): SlowClient {
  const chunks: Buffer[] = [];
  let started = performance.now();
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
    started = performance.now();
    socket.write(start);
    void drip(socket, text);
  });
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const fate = new Promise<Fate>((resolve) => {
    const settle = (ended_ms: number | undefined, ended_by: string) => {
      clearTimeout(deadline);
      resolve({ ended_ms, ended_by, answers: readAnswers(Buffer.concat(chunks).toString('latin1')).answers });
    };
    const ended = (by: string) => settle(performance.now() - started, by);
    const deadline = setTimeout(() => settle(undefined, 'the deadline'), patience_ms);
    socket.on('end', () => ended('end')).on('close', () => ended('close'));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => ended(code ?? 'an error'));
  });
  return { fate, leave: () => socket.destroy() };
}

const reference = 'GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n';
/** More than the buffers between two sockets hold, and fewer than a connection may have queued. */
const deaf_requests = 18;
const listen_ms = 1500;

/** Starts a client that asks for megabytes, reads nothing for this long, and then reads what still comes. */
export function beDeaf(port: number, patience_ms: number): SlowClient {
  const chunks: Buffer[] = [];
  const socket = connect(port, '127.0.0.1', () => socket.write(reference.repeat(deaf_requests)));
  socket.pause();
  const fate = (async (): Promise<Fate> => {
    const closed = new Promise<number>((resolve) => {
      for (const event of ['error', 'close']) socket.on(event, () => resolve(patience_ms));
    });
    await sleep(patience_ms);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).resume();
    const ended_ms = await Promise.race([closed, sleep(listen_ms, undefined)]);
    const { answers } = readAnswers(Buffer.concat(chunks).toString('latin1'));
    return { ended_ms: answers.length < deaf_requests ? ended_ms : undefined, answers };
  })();
  return { fate, leave: () => socket.destroy() };
}
