import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How much of a response arrives before its connection is cut. */
export type Loss = 'nothing arrives' | 'a part arrives';

/** A TCP proxy between clients and a server that loses responses. The server has done its work by then. */
export interface LossyLine {
  /** The server's URL through the proxy. */
  url: string;
  /** How many responses the proxy has cut. */
  lost: () => number;
  close: () => Promise<void>;
}

/** Starts a proxy to a server; it calls `lose` once for each response. */
export async function startLossyLine(server_url: string, lose: () => Loss | undefined): Promise<LossyLine> {
  const target = new URL(server_url);
  const clients = new Set<Socket>();
  let lost = 0;

  const server = createServer((client) => {
    clients.add(client);
    const upstream = connect(Number(target.port), target.hostname);
    let is_answered = true;
    client.on('data', (bytes) => {
      is_answered = false;
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      // Clients send one request at a time on a connection, so the first bytes after a request are its response.
      const loss = is_answered ? undefined : lose();
      is_answered = true;
      if (loss === undefined) {
        client.write(bytes);
        return;
      }
      lost++;
      if (loss === 'nothing arrives') client.resetAndDestroy();
      else client.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => client.destroy());
      upstream.destroy();
    });
    client.on('close', () => {
      clients.delete(client);
      upstream.destroy();
    });
    client.on('error', () => upstream.destroy());
    upstream.on('close', () => client.end());
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lost: () => lost,
    close: async () => {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
