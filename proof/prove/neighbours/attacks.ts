import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Wire, type WireRequest } from '../../harness/wire.ts';

/** What the attackers know: their accounts and workspace, and the address of the server. */
export interface Target {
  url: string;
  ms: number;
  tokens: string[];
  email: string;
  /** In the attackers' workspace: every list with every filter, and a ticket whose row is locked. */
  lists: string[];
  tickets_path: string;
  ticket_path: string;
  /** A ticket of 3 MB. */
  long_path: string;
}

/** The result of an attack. */
export interface Outcome {
  responses?: number;
  /** How long a request took that was refused with 429. */
  refused_after_ms?: number;
  /** The MiB of bodies or responses that the server accepted and kept, in total and for the account that has the most. */
  held_mib?: number;
  held_of_one_mib?: number;
}

interface Attack {
  target: Target;
  /** Says that the attack is over, and that only its results are still being read. */
  over: () => void;
}

/** The source addresses: the limit for one network must not be the only obstacle. */
const addresses = Array.from({ length: 8 }, (_, n) => `127.0.0.${n + 10}`);
const address = (n: number) => addresses[n % addresses.length] ?? '127.0.0.1';

/**
 * Sends requests over this many connections, each as soon as the previous one has its response. Then it measures how soon a
 * refusal comes.
 */
async function flood(
  { target, over }: Attack,
  connections: number,
  requestOf: (n: number) => WireRequest,
): Promise<Outcome> {
  const until = performance.now() + target.ms;
  const wire = new Wire(target.url, connections);
  let [sent, responses] = [0, 0];
  const send = async (n: number) => {
    const begun = performance.now();
    const request = { from: address(n), abort_after_ms: target.ms, ...requestOf(sent++) };
    const { status } = await wire.send(request).catch(() => ({ status: 0 }));
    responses++;
    return { status, took_ms: performance.now() - begun };
  };
  const worker = async (n: number) => {
    while (performance.now() < until) await send(n);
  };
  await Promise.all(Array.from({ length: connections }, (_, n) => worker(n)));
  over();
  // One at a time, so that nothing else delays it.
  const alone = [await send(0), await send(0), await send(0)].filter(({ status }) => status === 429);
  const refused_after_ms = Math.min(...alone.map(({ took_ms }) => took_ms));
  wire.close();
  return { responses, ...(alone.length > 0 ? { refused_after_ms } : {}) };
}

/** Opens connections, uses them for the duration of the attack, and does something with them before they end. */
async function openMany(
  target: Target,
  count: number,
  use: (socket: net.Socket, n: number) => void,
  before_end: (sockets: readonly net.Socket[]) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { port } = new URL(target.url);
  const sockets = Array.from({ length: count }, (_, n) => {
    const socket = net.connect({ port: Number(port), host: '127.0.0.1', localAddress: address(n) });
    socket.on('error', () => undefined);
    socket.on('connect', () => use(socket, n));
    return socket;
  });
  await sleep(target.ms);
  await before_end(sockets);
  for (const socket of sockets) socket.destroy();
}

const token = ({ tokens }: Target, n: number) => tokens[n % tokens.length] ?? '';
/** Most connections of an attack belong to one account. */
const greedy = (n: number) => n % 10 < 7;
const tokenOf = (target: Target, n: number) => token(target, greedy(n) ? 0 : n);
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
const largest_body = 6 * 1024 * 1024;

/** Sends bodies of 6 MiB, all but the last byte, on 100 connections; those not refused by the end count as kept. */
async function unfinishedBodies({ target }: Attack): Promise<Outcome> {
  const kept = new Set<number>();
  const rest = Buffer.alloc(largest_body - 1, ' ');
  let [held, of_one] = [0, 0];
  const announce = (socket: net.Socket, n: number) => {
    const fixed = `Host: a\r\nAuthorization: Bearer ${tokenOf(target, n)}\r\nContent-Type: application/json`;
    socket.write(
      `POST ${target.tickets_path} HTTP/1.1\r\n${fixed}\r\nContent-Length: ${largest_body}\r\nExpect: 100-continue\r\n\r\n`,
    );
    socket.on('data', (chunk: Buffer) => {
      if (String(chunk).startsWith('HTTP/1.1 100')) {
        kept.add(n);
        socket.write(rest);
      } else kept.delete(n);
    });
    socket.on('close', () => kept.delete(n));
  };
  await openMany(target, 100, announce, () => {
    held = kept.size * largest_body;
    of_one = [...kept].filter(greedy).length * largest_body;
    return Promise.resolve();
  });
  return { held_mib: mib(held), held_of_one_mib: mib(of_one) };
}

/** Reads everything until nothing has arrived for a while. Returns the bytes of each connection. */
async function readUp(sockets: readonly net.Socket[]): Promise<number[]> {
  const bytes = sockets.map(() => 0);
  for (const [n, socket] of sockets.entries()) {
    socket.on('data', (chunk: Buffer) => (bytes[n] = (bytes[n] ?? 0) + chunk.length)).resume();
  }
  for (let before = -1; sum(bytes) > before; await sleep(5_000)) before = sum(bytes);
  return bytes;
}

/** Asks for pages and the largest ticket over and over, on connections that read nothing until the end. */
async function slowReaders({ target, over }: Attack): Promise<Outcome> {
  let [waited, of_one] = [0, 0];
  const ask = (socket: net.Socket, n: number) => {
    socket.pause();
    const fixed = `Host: a\r\nAuthorization: Bearer ${tokenOf(target, n)}\r\n\r\n`;
    const path = n % 2 === 0 ? target.lists[0] : target.long_path;
    socket.write(`GET ${path ?? ''} HTTP/1.1\r\n${fixed}`.repeat(20));
  };
  await openMany(target, 60, ask, async (sockets) => {
    over();
    const bytes = await readUp(sockets);
    waited = sum(bytes);
    of_one = sum(bytes.filter((_, n) => greedy(n)));
  });
  return { held_mib: mib(waited), held_of_one_mib: mib(of_one) };
}

/**
 * Sends probes and other anonymous requests, ten ahead of their responses on each of fifty connections; more than twenty would
 * end a connection.
 */
async function probes({ target }: Attack): Promise<Outcome> {
  const paths = ['/readyz', '/livez', '/metrics', '/openapi.json', '/nowhere', '/docs/assets/swagger-ui.css'];
  let answered = 0;
  await openMany(target, 50, (socket, n) => {
    const request = `GET ${paths[n % paths.length]} HTTP/1.1\r\nHost: a\r\n\r\n`;
    socket.write(request.repeat(10));
    socket.on('data', (chunk: Buffer) => {
      const count = chunk.toString('latin1').split('HTTP/1.1 ').length - 1;
      answered += count;
      socket.write(request.repeat(count));
    });
  });
  return { responses: answered };
}

/** Asks for readiness and nothing else, so the server has time to ask the database each time. */
const readiness = (attack: Attack) => flood(attack, 10, () => ({ method: 'GET', path: '/readyz' }));

const json = (method: string, path: string, body: unknown): WireRequest => ({ method, path, body });

export const attacks: Record<string, (attack: Attack) => Promise<Outcome>> = {
  // First: once an account has used up its reads or writes, it is refused before its body arrives.
  'unfinished bodies': unfinishedBodies,
  lists: (attack) =>
    flood(attack, 60, (n) => ({
      method: 'GET',
      path: attack.target.lists[n % attack.target.lists.length] ?? '',
      token: token(attack.target, n),
    })),
  'large bodies': (attack) => {
    const { target } = attack;
    // The characters that take longest to parse and serialize. Of a million, the contract accepts half.
    const texts = ['\u0001'.repeat(500_000), '\u0001'.repeat(1_000_000)];
    return flood(attack, 20, (n) => ({
      ...json('POST', target.tickets_path, { title: 'Large', description: texts[n % 2] }),
      token: token(target, n),
    }));
  },
  'slow readers': slowReaders,
  'locked rows': (attack) =>
    flood(attack, 119, (n) => ({
      ...json('PATCH', attack.target.ticket_path, { title: `Title ${n}`, version: 1 }),
      token: token(attack.target, n),
    })),
  probes,
  readiness,
  'sign-ins': (attack) =>
    flood(attack, 60, () =>
      json('POST', '/v1/auth/login', { email: attack.target.email, password: 'not the password' }),
    ),
  refreshes: (attack) =>
    flood(attack, 60, () =>
      json('POST', '/v1/auth/refresh', { refresh_token: `brt_${randomBytes(60).toString('base64url')}` }),
    ),
};
