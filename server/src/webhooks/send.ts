import type { Resolver } from 'node:dns/promises';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { isPublic } from './addresses.ts';
import type { Attempt } from './contract.ts';
import { createResolver } from './names.ts';
import { hostOf } from './url.ts';

/** How many bytes of a response's body are read and stored. */
const body_bytes = 1024;
/** How many characters of a head are stored. */
const head_chars = 1024;
const lookup_ms = 3_000;

export interface Message {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** A message with its complete headers. */
interface Outgoing {
  url: URL;
  headers: Record<string, string>;
  body: string;
}

/** The outcome of an attempt. */
export interface Reply extends Attempt {
  /** The wait that the receiver requests with Retry-After. */
  retry_after_s: number | undefined;
}

class Refused extends Error {
  readonly code = 'ADDRESS_NOT_PUBLIC';
}

/** The receiver sent something that is not a response to the message. */
class NoResponse extends Error {
  readonly code = 'NO_RESPONSE';
}

/** Waits for the work until the signal aborts, so that an attempt ends whatever the receiver does. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([work, late]).finally(() => signal.removeEventListener('abort', onAbort));
}

interface Options {
  allow_private: boolean;
  timeout_ms: number;
  /** Looks up the addresses of names. */
  resolver?: Resolver;
}

const line = (name: string, value: string) => `${name}: ${value}`;
/** Replaces zero bytes, which PostgreSQL cannot store. A body may contain them, and so may a status line. */
const storable = (text: string) => text.replaceAll('\0', '\ufffd');
const headWith = (lines: readonly string[]) => storable(lines.join('\n')).slice(0, head_chars);
/** Replaces text that may be a secret. */
const left_out = '…';

/** Returns the head of a request without the path of its URL, which may be a secret that grants access. */
function headOfRequest({ url, headers }: Outgoing): string {
  const path = url.pathname + url.search === '/' ? '/' : `/${left_out}`;
  return headWith([`POST ${path} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => line(name, value))]);
}

/** Matches headers whose values may be secrets of the receiver. */
const is_secret = /cookie|auth|key|secret|token/i;

/** Returns the beginning of a response's head, without values that may be secrets. */
function headOfResponse({ httpVersion, statusCode = 0, statusMessage = '', rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/${httpVersion} ${statusCode} ${statusMessage}`];
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) {
    const [name = '', value = ''] = rawHeaders.slice(n, n + 2);
    lines.push(line(name, is_secret.test(name) ? left_out : value));
  }
  return headWith(lines);
}

/** Reads the beginning of a body as text that can be stored. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= body_bytes) break; // this destroys the response and its connection
  }
  const text = Buffer.concat(chunks).subarray(0, body_bytes).toString('utf8');
  return storable(text).slice(0, body_bytes);
}

function outgoingOf({ url: address, headers, body }: Message): Outgoing {
  const url = new URL(address);
  return { url, headers: { host: url.host, ...headers, 'content-length': String(Buffer.byteLength(body)) }, body };
}

/** Reads a Retry-After header, which has seconds or a date (RFC 9110, 10.2.3). Returns seconds. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d{1,9}$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return seconds > 0 ? Math.ceil(seconds) : undefined;
}

const codeOf = (error: unknown): string => {
  const { code, name } = error as { code?: unknown; name?: string };
  if (name === 'AbortError' || name === 'TimeoutError') return 'TIMEOUT';
  return typeof code === 'string' ? code.slice(0, 100) : 'FAILED';
};

/**
 * Sends messages over HTTP, and never to an address that isn't public. It checks the same addresses that it then
 * connects to, so that a name can't change its address in between. It follows no redirects.
 */
export class Sender {
  readonly #options: Options;
  readonly #resolver: Resolver;
  readonly #agents = {
    http: new http.Agent({ keepAlive: true, timeout: 30_000 }),
    https: new https.Agent({ keepAlive: true, timeout: 30_000 }),
  };

  constructor(options: Options) {
    this.#options = options;
    this.#resolver = options.resolver ?? createResolver(lookup_ms);
  }

  /** Closes idle connections. */
  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  async send(message: Message): Promise<Reply> {
    const at = new Date().toISOString();
    const began = performance.now();
    const signal = AbortSignal.timeout(this.#options.timeout_ms);
    let request_head: string | null = null;
    const ended = () => ({ at, duration_ms: Math.round(performance.now() - began), request_head });
    try {
      const outgoing = outgoingOf(message);
      request_head = headOfRequest(outgoing);
      const response = await within(signal, this.#post(outgoing, signal));
      const retry_after_s = retryAfter(response.headers['retry-after']);
      const response_head = headOfResponse(response);
      // A fault in the body doesn't matter: the receiver has responded.
      const response_body = await within(signal, beginningOf(response)).catch(() => '');
      const status = response.statusCode ?? null;
      return { ...ended(), status, error: null, response_head, response_body, retry_after_s };
    } catch (error) {
      const code = signal.aborted ? 'TIMEOUT' : codeOf(error);
      const nothing = { response_head: null, response_body: null, retry_after_s: undefined };
      return { ...ended(), status: null, error: code, ...nothing };
    }
  }

  /** Returns the response once its head has come. If an idle connection was closed, it sends again on a new one. */
  async #post(message: Outgoing, signal: AbortSignal): Promise<IncomingMessage> {
    const { url } = message;
    if (!this.#options.allow_private) {
      // For a host that is an address, Node calls no lookup, so the address is checked here.
      const is_private = isIP(hostOf(url)) !== 0 && !isPublic(hostOf(url));
      if (is_private || url.protocol !== 'https:') throw new Refused(url.hostname);
    }
    const kept = await this.#request(message, signal, this.#agents[url.protocol === 'https:' ? 'https' : 'http']);
    return kept === 'was closed' ? ((await this.#request(message, signal, false)) as IncomingMessage) : kept;
  }

  #request(
    { url, headers, body }: Outgoing,
    signal: AbortSignal,
    agent: http.Agent | false,
  ): Promise<IncomingMessage | 'was closed'> {
    const options: RequestOptions & { autoSelectFamily: true } = {
      method: 'POST',
      headers,
      agent,
      signal,
      autoSelectFamily: true, // so that the lookup returns all addresses
      ...(this.#options.allow_private ? {} : { lookup: this.#lookup }),
    };
    return new Promise((resolve, reject) => {
      const request = (url.protocol === 'https:' ? https : http).request(url, options, (response) => {
        const { statusCode = 0 } = response;
        if (statusCode >= 100 && statusCode <= 999) resolve(response);
        else request.destroy(new NoResponse(`Status ${statusCode}.`));
      });
      // The request didn't ask for another protocol. Node reports the switch with this event only.
      request.on('upgrade', (_response, socket) => {
        socket.destroy();
        reject(new NoResponse('Another protocol.'));
      });
      request.on('close', () => reject(new NoResponse('Closed.'))); // no effect after a response or an error
      request.on('error', (error: NodeJS.ErrnoException) => {
        const was_closed = request.reusedSocket && error.code === 'ECONNRESET' && agent !== false && !signal.aborted;
        if (was_closed) resolve('was closed');
        else reject(error);
      });
      request.end(body);
    });
  }

  readonly #lookup = callbackify((hostname: string, _options: unknown) =>
    this.#addressesOf(hostname),
  ) as unknown as LookupFunction;

  /** Returns the addresses to connect to. Throws if any of them isn't public. */
  async #addressesOf(hostname: string): Promise<{ address: string; family: number }[]> {
    const [v4, v6] = await Promise.allSettled([this.#resolver.resolve4(hostname), this.#resolver.resolve6(hostname)]);
    const found = [
      ...(v4.status === 'fulfilled' ? v4.value.map((address) => ({ address, family: 4 })) : []),
      ...(v6.status === 'fulfilled' ? v6.value.map((address) => ({ address, family: 6 })) : []),
    ];
    if (found.length === 0) throw v4.status === 'rejected' ? v4.reason : new Error('No address.');
    if (!found.every(({ address }) => isPublic(address))) throw new Refused(hostname);
    return found;
  }
}
