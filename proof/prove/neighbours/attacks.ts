import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Wire, type WireRequest } from '../../harness/wire.ts';

/** What an attacker knows: an account and a workspace of its own, and the address of the server. */
export interface Target {
  url: string;
  ms: number;
  tokens: string[];
  email: string;
  /** Of the attacker's workspace: every list with every filter, and a ticket whose row is locked. */
  lists: string[];
  tickets_path: string;
  ticket_path: string;
  /** A ticket of 3 MB. */
  long_path: string;
}

/** What came of an attack: responses by status, and what it counts beside. */
export type Outcome = Record<string, number>;

/** Addresses to come from: the limit of a network is not the only thing in the way. */
const addresses = Array.from({ length: 8 }, (_, n) => `127.0.0.${n + 10}`);
const address = (n: number) => addresses[n % addresses.length] ?? '127.0.0.1';

/** Asks over so many connections, each again as soon as it is answered. */
async function flood(target: Target, connections: number, requestOf: (n: number) => WireRequest): Promise<Outcome> {
  const outcome: Outcome = {};
  const until = performance.now() + target.ms;
  const wire = new Wire(target.url, connections);
  let sent = 0;
  const worker = async (n: number) => {
    while (performance.now() < until) {
      const { status } = await wire
        .send({ from: address(n), abort_after_ms: target.ms, ...requestOf(sent++) })
        .catch(() => ({ status: 0 }));
      outcome[status] = (outcome[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, n) => worker(n)));
  wire.close();
  return outcome;
}

/** Opens connections that send bytes and are then left alone; `onData` sees what comes. They end with the attack. */
async function openMany(target: Target, count: number, use: (socket: net.Socket, n: number) => void): Promise<void> {
  const { port } = new URL(target.url);
  const sockets = Array.from({ length: count }, (_, n) => {
    const socket = net.connect({ port: Number(port), host: '127.0.0.1', localAddress: address(n) });
    socket.on('error', () => undefined);
    socket.on('connect', () => use(socket, n));
    return socket;
  });
  await sleep(target.ms);
  for (const socket of sockets) socket.destroy();
}

const token = ({ tokens }: Target, n: number) => tokens[n % tokens.length] ?? '';
const largest_body = 6 * 1024 * 1024;

/** Bodies of 6 MiB on 100 connections, all but their last byte. */
async function unfinishedBodies(target: Target): Promise<Outcome> {
  let admitted = 0;
  const rest = Buffer.alloc(largest_body - 1, ' ');
  await openMany(target, 100, (socket, n) => {
    const fixed = `Host: a\r\nAuthorization: Bearer ${token(target, n)}\r\nContent-Type: application/json`;
    socket.write(
      `POST ${target.tickets_path} HTTP/1.1\r\n${fixed}\r\nContent-Length: ${largest_body}\r\nExpect: 100-continue\r\n\r\n`,
    );
    socket.once('data', (chunk: Buffer) => {
      if (!String(chunk).startsWith('HTTP/1.1 100')) return;
      admitted += largest_body;
      socket.write(rest);
    });
  });
  return { admitted_mib: Math.round(admitted / 2 ** 20) };
}

/** Pages, and the largest of tickets, asked for again and again over connections that read nothing. */
async function slowReaders(target: Target): Promise<Outcome> {
  await openMany(target, 60, (socket, n) => {
    socket.pause();
    const fixed = `Host: a\r\nAuthorization: Bearer ${token(target, n)}\r\n\r\n`;
    const path = n % 2 === 0 ? target.lists[0] : target.long_path;
    socket.write(`GET ${path ?? ''} HTTP/1.1\r\n${fixed}`.repeat(20));
  });
  return {};
}

/** Probes, and what else anybody may ask for, forty ahead of their answers on each of fifty connections. */
async function probes(target: Target): Promise<Outcome> {
  const paths = ['/readyz', '/livez', '/metrics', '/openapi.json', '/nowhere', '/docs/assets/swagger-ui.css'];
  let answered = 0;
  await openMany(target, 50, (socket, n) => {
    const request = `GET ${paths[n % paths.length]} HTTP/1.1\r\nHost: a\r\n\r\n`;
    socket.write(request.repeat(40));
    socket.on('data', (chunk: Buffer) => {
      const count = chunk.toString('latin1').split('HTTP/1.1 ').length - 1;
      answered += count;
      socket.write(request.repeat(count));
    });
  });
  return { answered };
}

const json = (method: string, path: string, body: unknown): WireRequest => ({ method, path, body });

export const attacks: Record<string, (target: Target) => Promise<Outcome>> = {
  lists: (target) =>
    flood(target, 60, (n) => ({
      method: 'GET',
      path: target.lists[n % target.lists.length] ?? '',
      token: token(target, n),
    })),
  'large bodies': (target) => {
    // The characters that take longest to read and to write. Of a million, the contract takes half.
    const texts = ['\u0001'.repeat(500_000), '\u0001'.repeat(1_000_000)];
    return flood(target, 20, (n) => ({
      ...json('POST', target.tickets_path, { title: 'Large', description: texts[n % 2] }),
      token: token(target, n),
    }));
  },
  'unfinished bodies': unfinishedBodies,
  'slow readers': slowReaders,
  'locked rows': (target) =>
    flood(target, 119, (n) => ({
      ...json('PATCH', target.ticket_path, { title: `Title ${n}`, version: 1 }),
      token: token(target, n),
    })),
  probes,
  'sign-ins': (target) =>
    flood(target, 60, () => json('POST', '/v1/auth/login', { email: target.email, password: 'not the password' })),
  refreshes: (target) =>
    flood(target, 60, () =>
      json('POST', '/v1/auth/refresh', { refresh_token: `brt_${randomBytes(60).toString('base64url')}` }),
    ),
};
