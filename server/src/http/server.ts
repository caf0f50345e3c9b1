import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Config } from '../config.ts';
import { BatonError, type PlainErrorCode } from '../errors.ts';
import { rateLimited } from '../lib/limit.ts';
import { toProblem } from './problem.ts';
import { UnderWay } from './under-way.ts';

/** Long enough for a list with all its filters, a hundred ids and a cursor. */
const max_url_length = 12 * 1024;
const linger_ms = 2000;
/** Requests that one connection may send ahead of their responses. One packet has room for two thousand. */
const max_pipelined = 20;

function rawProblem(error: BatonError): string {
  const problem = toProblem(error);
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    ...(error.retry_after_s === undefined ? [] : [`Retry-After: ${error.retry_after_s}`]),
    ...Object.entries(error.headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

/** The error code for an error of the parser. */
function codeOf(error: NodeJS.ErrnoException): PlainErrorCode {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timeout';
  return 'malformed_request';
}

/** RFC 3986, 3.2.2 and 3.2.3. Neither http nor https allows an empty host. */
const host_form = /^(?:[\w.~!$&'()*+,;=%-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/** Headers that may occur once. Node keeps the first value and drops the others, but a proxy may have used another one. */
const single_headers = ['host', 'authorization', 'content-type'];
const single_lengths = new Set(single_headers.map((name) => name.length));

/** Whether a header that may occur once came twice. */
function hasTwice(raw_headers: readonly string[]): boolean {
  const seen = new Set<string>();
  for (let n = 0; n < raw_headers.length; n += 2) {
    const given = raw_headers[n] ?? '';
    if (!single_lengths.has(given.length)) continue;
    const name = given.toLowerCase();
    if (!single_headers.includes(name)) continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

/** The start of the absolute form, RFC 9112, 3.2.2: scheme and authority. */
const absolute_form = /^https?:\/\/([^/?#]*)/i;

/** Brings the target into origin form. Every server must accept the absolute form; its host is dropped. */
function toOriginForm(req: IncomingMessage): void {
  const target = req.url ?? '';
  const [start = '', authority] = absolute_form.exec(target) ?? [];
  if (authority === undefined || !host_form.test(authority)) return;
  const rest = target.slice(start.length);
  req.url = rest.startsWith('/') ? rest : `/${rest}`;
}

/**
 * Finds faults of framing that the parser accepts. With each of them, a proxy and the server could disagree on what was
 * requested.
 */
function framingFault(req: IncomingMessage): PlainErrorCode | undefined {
  // Node's parser accepts a request line with HTTP/2.0, which has another framing.
  if (req.httpVersionMajor !== 1) return 'malformed_request';
  if (hasTwice(req.rawHeaders)) return 'malformed_request';
  const { host } = req.headers;
  // RFC 9112, 3.2. HTTP/1.0 requires no Host, and some health checkers still use it.
  if (host === undefined ? req.httpVersion !== '1.0' : !host_form.test(host)) return 'malformed_request';
  const encoding = req.headers['transfer-encoding'];
  // RFC 9112, 6.1: this server decodes no other coding, and HTTP/1.0 has no chunks.
  if (encoding !== undefined && (encoding.toLowerCase() !== 'chunked' || req.httpVersion === '1.0')) {
    return 'malformed_request';
  }
  const { url = '' } = req;
  if (url.length > max_url_length) return 'uri_too_long';
  if (!url.startsWith('/')) return 'malformed_request';
  // A target has no fragment; some proxies remove one, and others don't. It has no bytes beyond ASCII either: Node
  // reads them as Latin-1 and others as UTF-8.
  if (!/^[!"$-~]+$/.test(url)) return 'malformed_request';
  return undefined;
}

/** Ends connections with a refusal. It is sent after the responses in progress, whose requests came first. */
class LastWords {
  readonly #under_way: UnderWay;
  readonly #refused = new WeakSet<Duplex>();

  constructor(under_way: UnderWay) {
    this.#under_way = under_way;
  }

  /** Whether a request on this connection is still served; none is after a refused one. */
  admits(socket: Duplex): boolean {
    return !this.#refused.has(socket);
  }

  refuse(socket: Duplex, error: BatonError): void {
    // Malformed data after a refused request is ignored: if the connection were cut now, the response could be lost (RFC 9112, 9.6).
    if (this.#refused.has(socket)) return;
    this.#refused.add(socket);
    const under_way = this.#under_way.of(socket);
    // If a request breaks off within its body, it is the refused one, unless it has its response already.
    const broken = under_way.find(({ req }) => !req.complete);
    const before = under_way.filter((res) => res !== broken);
    const end = () => {
      if (broken?.headersSent === true) socket.destroy();
      else socket.end(rawProblem(error));
      // Without a limit, the client could keep the connection open forever. Closed at once, it could lose the response.
      setTimeout(() => socket.destroy(), linger_ms).unref();
    };
    const last = before.at(-1);
    if (last === undefined) end();
    else last.once('close', end);
  }
}

type Limits = Pick<Config, 'headers_timeout_ms' | 'request_timeout_ms' | 'upload_timeout_ms'>;

/** The timer for the body of a request. */
interface BodyTime {
  stop: () => void;
  begin: () => void;
}

const times = new WeakMap<IncomingMessage, BodyTime>();

/**
 * Lets the body of a request take longer, and returns a function that starts the usual timer again. While the body is
 * read, its reader limits the time; after a refusal nobody reads it.
 */
export function mayTakeLonger(req: IncomingMessage): () => void {
  const time = times.get(req);
  time?.stop();
  return () => time?.begin();
}

/**
 * Refuses a request whose body has not arrived in time, unless it may take longer. Node has one limit for all requests.
 */
function limitBody(req: IncomingMessage, within_ms: number, refuse: () => void): void {
  if (req.headers['content-length'] === undefined && req.headers['transfer-encoding'] === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  const look = () => {
    if (!req.complete) refuse();
  };
  const begin = () => {
    if (!req.complete && !req.destroyed) timer = setTimeout(look, within_ms);
  };
  begin();
  times.set(req, { stop, begin });
  req.once('close', () => {
    stop();
    times.delete(req); // V8 removes an entry only in a full garbage collection, and keeps the request until then
  });
}

export interface HttpServer {
  server: Server;
  /** From now on each response is its connection's last. */
  drain: () => void;
}

/** Creates Node's HTTP server with our limits. A request that never reaches the application gets a problem, too. */
export function createHttpServer(handler: RequestListener, limits: Limits): HttpServer {
  const under_way = new UnderWay();
  const last_words = new LastWords(under_way);
  const serve = (req: IncomingMessage, res: ServerResponse) => {
    toOriginForm(req);
    const fault = framingFault(req);
    if (fault !== undefined) {
      last_words.refuse(req.socket, new BatonError(fault));
    } else if (last_words.admits(req.socket)) {
      if (under_way.depth(req.socket) >= max_pipelined) {
        last_words.refuse(req.socket, rateLimited({ name: 'pipelined', quota: max_pipelined }, 1));
        return;
      }
      under_way.add(res);
      limitBody(req, limits.request_timeout_ms, () => last_words.refuse(req.socket, new BatonError('request_timeout')));
      handler(req, res);
    }
  };
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: limits.headers_timeout_ms,
      requestTimeout: Math.max(limits.request_timeout_ms, limits.upload_timeout_ms),
      keepAliveTimeout: 65_000, // longer than common load balancers', so that they close first
      connectionsCheckingInterval: Math.min(2_000, limits.headers_timeout_ms / 4),
      requireHostHeader: false, // our own check responds with a problem
    },
    serve,
  );
  server.maxHeadersCount = 100;
  // If no byte came or went for this long, the connection is idle, or nobody reads the response. If a request is in
  // progress and there is nothing to read yet, the delay is the server's.
  server.timeout = limits.request_timeout_ms;
  server.on('timeout', (socket) => {
    if (socket.writableLength > 0 || under_way.of(socket).length === 0) socket.destroy();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const going = last_words.admits(socket) && !socket.writable;
    if (error.code === 'ECONNRESET' || going) socket.destroy();
    else last_words.refuse(socket, new BatonError(codeOf(error)));
  });
  // There is no listener for `upgrade`, so Node serves the request as if it hadn't asked for another protocol (RFC
  // 9110, 7.8). curl --http2 and Java's client ask for one in each first request.
  server.on('connect', (_req, socket) => {
    // Node hands the connection over without a listener for errors, and an error would end the process.
    socket.on('error', () => socket.destroy());
    last_words.refuse(socket, new BatonError('malformed_request'));
  });
  // "100 Continue" is sent when the body is about to be read. A client whose request is refused before that doesn't get
  // it.
  server.on('checkContinue', serve);
  server.on('checkExpectation', (req) => last_words.refuse(req.socket, new BatonError('expectation_failed')));
  return { server, drain: () => under_way.drain() };
}
