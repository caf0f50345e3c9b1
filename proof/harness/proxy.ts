import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * What happens between a server and its database: all is well, nothing gets through, connections are refused, open connections
 * are cut, each packet is late, or the connection is cut as the database confirms a commit.
 */
export type Weather = 'fair' | 'hanging' | 'refusing' | 'resetting' | 'slow' | 'muffled';

/** A TCP proxy in front of a database, for its faults and for counting round trips. */
export interface Proxy {
  /** The database's URL through the proxy. */
  url: string;
  /** Changes what happens to all connections, including open ones. */
  turn: (weather: Weather) => void;
  /** How often a client spoke after the database had: the round trips, without those for connecting. */
  bursts: () => number;
  /** How many bytes the database has sent. */
  received: () => number;
  close: () => Promise<void>;
}

const slow_ms = 20;

/** Starts a proxy to the database of a URL, on a free port. */
export async function startProxy(database_url: string): Promise<Proxy> {
  const target = new URL(database_url);
  const pairs = new Set<[Socket, Socket]>();
  let weather: Weather = 'fair';
  let bursts = 0;
  let received = 0;

  const forward = (from: Socket, to: Socket, heard: (bytes: Buffer) => void) => {
    from.on('data', (bytes) => {
      heard(bytes);
      if (weather === 'muffled' && bytes.includes('COMMIT\0')) {
        to.resetAndDestroy();
        return;
      }
      if (weather === 'slow') setTimeout(() => to.write(bytes), slow_ms);
      else if (weather !== 'hanging') to.write(bytes);
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
  };

  const server = createServer((client) => {
    if (weather === 'refusing' || weather === 'resetting') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    let speaking = false;
    forward(client, upstream, () => {
      if (!speaking) bursts++;
      speaking = true;
    });
    forward(upstream, client, (bytes) => {
      speaking = false;
      received += bytes.byteLength;
    });
    client.on('close', () => pairs.delete(pair));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(database_url);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);

  const cut = () => {
    for (const [client] of pairs) client.resetAndDestroy();
  };
  return {
    url: url.href,
    turn: (to) => {
      weather = to;
      if (to === 'resetting' || to === 'refusing') cut();
    },
    bursts: () => bursts,
    received: () => received,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
