import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Witness } from './witness.ts';

/** A checkpoint with a hundred signatures and a proof is shorter. */
const max_body_bytes = 64 * 1024;
const timeout_ms = 10_000;
const max_connections = 200;

function send(res: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  const is_text = type === 'text/plain';
  res.writeHead(status, {
    'Content-Type': is_text ? 'text/plain; charset=utf-8' : type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  res.end(body);
}

/** Reads the body as UTF-8; undefined if it is too long. */
async function read(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > max_body_bytes) return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function respond(witness: Witness, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const [path] = (req.url ?? '').split('?');
  if (path === '/livez' && req.method === 'GET') return send(res, 200, 'ok\n');
  if (path !== '/add-checkpoint') return send(res, 404, 'Not found\n');
  if (req.method !== 'POST') {
    res.setHeader('Allow', 'POST');
    return send(res, 405, 'Method not allowed\n');
  }
  const body = await read(req);
  if (body === undefined) {
    res.setHeader('Connection', 'close');
    return send(res, 413, 'The body is too large\n');
  }
  const { status, type, body: reply } = witness.addCheckpoint(body);
  return send(res, status, reply, type);
}

/** Serves a witness on a port, and returns its URL. */
export async function serveWitness(
  witness: Witness,
  { host, port, say }: { host: string; port: number; say: (text: string) => void },
): Promise<{ url: string; server: Server }> {
  const server = createServer((req, res) => {
    respond(witness, req, res).catch((error: unknown) => {
      say(String(error));
      if (!res.headersSent) send(res, 500, 'Internal server error\n');
      else res.destroy();
    });
  });
  server.requestTimeout = timeout_ms;
  server.headersTimeout = timeout_ms;
  server.maxConnections = max_connections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`, server };
}
