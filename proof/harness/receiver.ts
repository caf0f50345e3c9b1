import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A message as it was received. */
export interface Received {
  id: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  at: number;
}

export interface Told {
  type: string;
  timestamp: string;
  data: { id: string; offset: string; subject_id: string; ticket_id: string | null; subject_version: number | null };
}

export interface Reaction {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** The delay before it responds. */
  after_ms?: number;
  /** It never responds. */
  silent?: boolean;
  /** It closes the connection instead of responding. */
  cut?: boolean;
  /** Called as it responds, with whether the sender is still connected. */
  responds?: (is_there: boolean) => void;
}

/** A program that receives webhooks' messages, on its own port. */
export interface Receiver {
  url: string;
  received: Received[];
  /** Decides what it does with a message; by default it responds with 204. */
  react: (message: Received) => Reaction;
  /** The messages that it responded to with success, parsed. */
  accepted: () => Told[];
  stop: () => Promise<void>;
}

function send(res: ServerResponse, { status = 204, headers = {}, body = '' }: Reaction): void {
  res.writeHead(status, headers);
  res.end(status === 204 ? undefined : body);
}

export async function startReceiver(react: Receiver['react'] = () => ({})): Promise<Receiver> {
  const taken: Received[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const message: Received = {
        id: String(req.headers['webhook-id']),
        path: req.url ?? '',
        headers: req.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        at: performance.now(),
      };
      receiver.received.push(message);
      const reaction = receiver.react(message);
      if (reaction.cut === true) req.socket.destroy();
      if (reaction.silent === true || reaction.cut === true) return;
      let is_there = true;
      res.once('close', () => (is_there = false));
      const respond = () => {
        reaction.responds?.(is_there);
        if ((reaction.status ?? 204) < 300) taken.push(message);
        send(res, reaction);
      };
      if (reaction.after_ms === undefined) respond();
      else void sleep(reaction.after_ms).then(respond);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/`,
    received: [],
    react,
    accepted: () => taken.map(({ body }) => JSON.parse(body) as Told),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
