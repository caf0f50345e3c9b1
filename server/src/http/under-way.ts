import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * The responses in progress, of all connections, in the order in which they were asked for. What is looked up by connection
 * is looked up seldom: one set and one listener for all cost each request less than a set for each connection.
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

  /** How many of one connection are waited for. */
  depth(socket: Duplex): number {
    return this.#depths.get(socket) ?? 0;
  }

  /** Those of one connection; one that was given before its request was whole stays until the request has ended too. */
  of(socket: Duplex): ServerResponse[] {
    return [...this.#answers].filter(({ req }) => req.socket === socket);
  }

  /**
   * From now on each response is its connection's last, those in progress included. A client that keeps connections would
   * otherwise send its next request into the one being closed.
   */
  drain(): void {
    this.#draining = true;
    for (const res of this.#answers) res.shouldKeepAlive = false;
  }
}
