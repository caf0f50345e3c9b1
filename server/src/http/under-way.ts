import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * The responses in progress of all connections, in the order of their requests. Lookups by connection are rare, so one
 * shared set and listener is cheaper per request than a set per connection.
 */
export class UnderWay {
  readonly #answers = new Set<ServerResponse>();
  readonly #depths = new WeakMap<Duplex, number>();
  readonly #onClose: (this: ServerResponse) => void;
  #draining = false;

  constructor() {
    const answers = this.#answers;
    const depths = this.#depths;
    this.#onClose = function onClose() {
      depths.set(this.req.socket, (depths.get(this.req.socket) ?? 1) - 1);
      if (this.req.complete || this.req.closed) answers.delete(this);
      else this.req.once('close', () => answers.delete(this));
    };
  }

  add(res: ServerResponse): void {
    if (this.#draining) res.shouldKeepAlive = false;
    this.#answers.add(res);
    this.#depths.set(res.req.socket, this.depth(res.req.socket) + 1);
    res.on('close', this.#onClose);
  }

  /** How many responses of a connection are in progress. */
  depth(socket: Duplex): number {
    return this.#depths.get(socket) ?? 0;
  }

  /**
   * The responses of a connection. One that was sent before its request was complete stays until the request has ended,
   * too.
   */
  of(socket: Duplex): ServerResponse[] {
    return [...this.#answers].filter(({ req }) => req.socket === socket);
  }

  /**
   * From now on each response is its connection's last, including those in progress. Otherwise a client that keeps
   * connections alive would send its next request into one that is being closed.
   */
  drain(): void {
    this.#draining = true;
    for (const res of this.#answers) res.shouldKeepAlive = false;
  }
}
