import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The responses of one connection. */
interface Line {
  /** In the order of their requests. One that was sent before its request was complete stays until the request has ended, too. */
  answers: ServerResponse[];
  /** How many are in progress. */
  depth: number;
}

/**
 * The responses in progress of all connections. They are in an array for each connection, not in one set: V8 copies a set in which
 * members come and go, and the old copies keep each other and their members alive until the next full garbage collection. In a read,
 * that was 12 KB a request, which each smaller collection copied.
 */
export class UnderWay {
  readonly #lines = new Map<Duplex, Line>();
  readonly #onClose: (this: ServerResponse) => void;
  #draining = false;

  constructor() {
    const lines = this.#lines;
    this.#onClose = function onClose() {
      const line = lines.get(this.req.socket);
      if (line === undefined) return; // the connection has ended, too
      const remove = () => line.answers.splice(line.answers.indexOf(this), 1);
      line.depth--;
      if (this.req.complete || this.req.closed) remove();
      else this.req.once('close', remove);
    };
  }

  add(res: ServerResponse): void {
    if (this.#draining) res.shouldKeepAlive = false;
    const line = this.#lines.get(res.req.socket) ?? this.#open(res.req.socket);
    line.answers.push(res);
    line.depth++;
    res.on('close', this.#onClose);
  }

  #open(socket: Duplex): Line {
    const line = { answers: [], depth: 0 };
    this.#lines.set(socket, line);
    socket.once('close', () => this.#lines.delete(socket));
    return line;
  }

  /** How many responses of a connection are in progress. */
  depth(socket: Duplex): number {
    return this.#lines.get(socket)?.depth ?? 0;
  }

  /** The responses of a connection. */
  of(socket: Duplex): readonly ServerResponse[] {
    return this.#lines.get(socket)?.answers ?? [];
  }

  /**
   * From now on each response is its connection's last, including those in progress. Otherwise a client that keeps
   * connections alive would send its next request into one that is being closed.
   */
  drain(): void {
    this.#draining = true;
    for (const { answers } of this.#lines.values()) for (const res of answers) res.shouldKeepAlive = false;
  }
}
