import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

const [type_a, type_aaaa] = [1, 28];
const [no_error, no_such_name] = [0x8180, 0x8183];

/** What a name resolves to: these addresses; undefined if the name doesn't exist; `silent` if no response ever comes. */
type Known = readonly string[] | 'silent' | undefined;

/** A name server on this machine, and a resolver that asks only it. */
export interface NameServer {
  resolver: Resolver;
  /** The names that were asked for, one entry for each query of either family. */
  asked: string[];
  stop: () => Promise<void>;
}

/** A resource record for the name in the question. */
function recordOf(address: string): Buffer {
  const bytes = ipaddr.parse(address).toByteArray();
  return Buffer.from([0xc0, 12, 0, isIPv6(address) ? type_aaaa : type_a, 0, 1, 0, 0, 0, 0, 0, bytes.length, ...bytes]);
}

function nameIn(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; question[at] !== 0; at += 1 + (question[at] ?? 0))
    labels.push(question.toString('latin1', at + 1, at + 1 + (question[at] ?? 0)));
  return labels.join('.').toLowerCase();
}

/** Starts a name server; it calls `knows` for each query. */
export async function startNameServer(knows: (name: string, family: 4 | 6) => Known): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (question, from) => {
    const name = nameIn(question);
    asked.push(name);
    const question_end = 12 + name.length + 2 + 4;
    const family = question.readUInt16BE(question_end - 4) === type_aaaa ? 6 : 4;
    const known = knows(name, family);
    if (known === 'silent') return;
    const records = (known ?? []).filter((address) => isIPv6(address) === (family === 6)).map(recordOf);
    const head = Buffer.from(question.subarray(0, question_end));
    head.writeUInt16BE(known === undefined ? no_such_name : no_error, 2);
    head.writeUInt16BE(records.length, 6);
    head.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([head, ...records]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return { resolver, asked, stop: () => new Promise((resolve) => socket.close(() => resolve())) };
}
