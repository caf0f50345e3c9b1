import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, ConfigError } from '../config.ts';
import type { Lifecycle } from '../http/probes.ts';
import { createHttpServer } from '../http/server.ts';
import type { Service } from './services.ts';

/** Where to listen, and the setting of the port. */
export interface Place {
  host: string;
  port: number;
  setting: string;
}

/** Explains why the server can't listen, and which setting to change. */
function listenProblem(error: NodeJS.ErrnoException, { host, port, setting }: Place): Error {
  const problems: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken. Set ${setting} to another one.`,
    EACCES: `This user may not listen on port ${port}. Set ${setting} to one above 1023.`,
    EADDRNOTAVAIL: `HOST ${host} is not an address of this machine.`,
    ENOTFOUND: `HOST ${host} is not known to this machine. Set HOST to one of its addresses.`,
    EAI_AGAIN: `HOST ${host} is not known to this machine. Set HOST to one of its addresses.`,
    EINVAL: `HOST ${host} can't be listened on. Set HOST to an address of this machine.`,
  };
  const says = problems[error.code ?? ''];
  return says === undefined ? error : new ConfigError(says, { cause: error });
}

function listen(server: Server, place: Place): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenProblem(error, place)));
    server.listen(place.port, place.host, () => resolve(server.address() as AddressInfo));
  });
}

type Limits = Pick<
  Config,
  'headers_timeout_ms' | 'request_timeout_ms' | 'upload_timeout_ms' | 'drain_ms' | 'shutdown_timeout_ms'
>;

/** Serves HTTP. When it stops, readiness turns off first, then the port closes, and requests in progress finish. */
export class HttpService implements Service {
  readonly name = 'http';
  readonly #config: Limits;
  readonly #lifecycle: Lifecycle;
  readonly #place: Place;
  readonly #server: Server;
  readonly #drain: () => void;
  #url = '';

  constructor(handler: RequestListener, options: { config: Limits; lifecycle: Lifecycle; place: Place }) {
    this.#config = options.config;
    this.#lifecycle = options.lifecycle;
    this.#place = options.place;
    const { server, drain } = createHttpServer(handler, options.config);
    this.#server = server;
    this.#drain = drain;
  }

  /** Where it listens, once it has started. */
  get url(): string {
    return this.#url;
  }

  async start(): Promise<void> {
    const { address, family, port } = await listen(this.#server, this.#place);
    this.#url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#lifecycle.stopping = true;
    this.#drain();
    // Readiness is off. This gives load balancers the time to see that before the port closes.
    await sleep(this.#config.drain_ms);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const deadline = setTimeout(() => server.closeAllConnections(), this.#config.shutdown_timeout_ms);
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    await closed;
    clearTimeout(deadline);
    clearInterval(idle);
  }
}
