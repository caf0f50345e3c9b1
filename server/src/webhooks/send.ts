import type { Resolver } from 'node:dns/promises';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { isPublic } from './addresses.ts';
import type { Attempt } from './contract.ts';
import { createResolver } from './names.ts';
import { hostOf } from './url.ts';

/** Bytes that are kept of a response's body. No more of it is read. */
const body_bytes = 1024;
/** Characters that are kept of a head. */
const head_chars = 1024;
const lookup_ms = 3_000;

export interface Message {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** A message as it is sent. */
interface Outgoing {
  url: URL;
  headers: Record<string, string>;
  body: string;
}

/** How an attempt ended. */
export interface Reply extends Attempt {
  /** How long the receiver asks to be left alone. */
  retry_after_s: number | undefined;
}

class Refused extends Error {
  readonly code = 'ADDRESS_NOT_PUBLIC';
}

/** What came is no response to a message. */
class NoResponse extends Error {
  readonly code = 'NO_RESPONSE';
}

/** The work, but no longer than the signal allows: whatever the other side does, an attempt ends. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([work, late]).finally(() => signal.removeEventListener('abort', onAbort));
}

interface Options {
  allow_private: boolean;
  timeout_ms: number;
  /** Who says which addresses a name has. */
  resolver?: Resolver;
}

const line = (name: string, value: string) => `${name}: ${value}`;
const headWith = (lines: readonly string[]) => lines.join('\n').slice(0, head_chars);
/** In place of what may be a secret. */
const left_out = '…';

/** The head of a request but for the path of its address: anyone who knows that may be let in by it. */
function headOfRequest({ url, headers }: Outgoing): string {
  const path = url.pathname + url.search === '/' ? '/' : `/${left_out}`;
  return headWith([`POST ${path} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => line(name, value))]);
}

/** Headers whose values a receiver may want to keep to itself. */
const is_secret = /cookie|auth|key|secret|token/i;

/** The head of a response as it came, its beginning. */
function headOfResponse({ httpVersion, statusCode = 0, statusMessage = '', rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/${httpVersion} ${statusCode} ${statusMessage}`];
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) {
    const [name = '', value = ''] = rawHeaders.slice(n, n + 2);
    lines.push(line(name, is_secret.test(name) ? left_out : value));
  }
  return headWith(lines);
}

/** The beginning of a body as text that can be stored. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= body_bytes) break; // which destroys the response, and its connection
  }
  const text = Buffer.concat(chunks).subarray(0, body_bytes).toString('utf8');
  return text.replaceAll('\0', '\ufffd').slice(0, body_bytes);
}

function outgoingOf({ url: address, headers, body }: Message): Outgoing {
  const url = new URL(address);
  return { url, headers: { host: url.host, ...headers, 'content-length': String(Buffer.byteLength(body)) }, body };
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
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
 * Sends messages over HTTP, and never to an address that isn't public: that is judged of the very addresses that the
 * connection is made to, so that a name can't lead elsewhere a moment later. It follows no redirects.
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

  /** Lets go of idle connections. */
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
      // What is wrong with its body changes nothing: it has responded.
      const response_body = await within(signal, beginningOf(response)).catch(() => '');
      const status = response.statusCode ?? null;
      return { ...ended(), status, error: null, response_head, response_body, retry_after_s };
    } catch (error) {
      const code = signal.aborted ? 'TIMEOUT' : codeOf(error);
      const nothing = { response_head: null, response_body: null, retry_after_s: undefined };
      return { ...ended(), status: null, error: code, ...nothing };
    }
  }

  /** The response, once its head has come. A connection that the receiver closed while it was idle is made anew. */
  async #post(message: Outgoing, signal: AbortSignal): Promise<IncomingMessage> {
    const { url } = message;
    if (!this.#options.allow_private) {
      // No lookup is asked for what is an address already.
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
      autoSelectFamily: true, // the lookup is asked for all addresses
      ...(this.#options.allow_private ? {} : { lookup: this.#lookup }),
    };
    return new Promise((resolve, reject) => {
      const request = (url.protocol === 'https:' ? https : http).request(url, options, (response) => {
        const { statusCode = 0 } = response;
        if (statusCode >= 100 && statusCode <= 999) resolve(response);
        else request.destroy(new NoResponse(`Status ${statusCode}.`));
      });
      // Nobody asked for another protocol. Node tells of it by nothing else.
      request.on('upgrade', (_response, socket) => {
        socket.destroy();
        reject(new NoResponse('Another protocol.'));
      });
      request.on('close', () => reject(new NoResponse('Closed.'))); // after a response or an error it says nothing
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

  /** The addresses that the connection is made to. One that isn't public refuses them all. */
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
