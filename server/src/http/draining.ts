import type { Server, ServerResponse } from 'node:http';

/**
 * Gives the function that begins the server's end: from then on each answer is its connection's last, those under way
 * included. A client that keeps connections would otherwise send its next request into the one being closed.
 */
export function drainable(server: Server): () => void {
  const under_way = new Set<ServerResponse>();
  let draining = false;
  server.prependListener('request', (_req, res: ServerResponse) => {
    if (draining) res.shouldKeepAlive = false;
    under_way.add(res);
    res.once('close', () => under_way.delete(res));
  });
  return () => {
    draining = true;
    for (const res of under_way) res.shouldKeepAlive = false;
  };
}
