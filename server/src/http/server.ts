import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { BatonError, type ErrorCode } from '../errors.ts';
import { toProblem } from './problem.ts';

const max_url_length = 4096;

function rawProblem(code: ErrorCode): string {
  const problem = toProblem(new BatonError(code));
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

/** What the parser's complaint means for the sender. */
function codeOf(error: NodeJS.ErrnoException): ErrorCode {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timeout';
  return 'malformed_request';
}

/** Faults of framing that the parser lets pass; each makes proxies and servers disagree on what was asked. */
function framingFault(req: Parameters<RequestListener>[0]): ErrorCode | undefined {
  let hosts = 0;
  for (let n = 0; n < req.rawHeaders.length; n += 2) {
    const name = req.rawHeaders[n] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  if (hosts !== 1) return 'malformed_request';
  const { url = '' } = req;
  if (url.length > max_url_length) return 'uri_too_long';
  // Absolute form is for proxies, and can name another host than Host does.
  if (!url.startsWith('/')) return 'malformed_request';
  return undefined;
}

/** Node's HTTP server with our limits; what never reaches the application is answered as a problem too. */
export function createHttpServer(handler: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000, // longer than common load balancers', so that they close first
      connectionsCheckingInterval: 2_000,
      requireHostHeader: false, // ours answers with a problem
    },
    (req, res) => {
      const fault = framingFault(req);
      if (fault === undefined) {
        handler(req, res);
        return;
      }
      req.socket.end(rawProblem(fault));
    },
  );
  server.maxHeadersCount = 100;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else socket.end(rawProblem(codeOf(error)));
  });
  const refuse = (_req: unknown, socket: { end: (text: string) => unknown }) =>
    socket.end(rawProblem('malformed_request'));
  server.on('upgrade', refuse);
  server.on('connect', refuse);
  server.on('checkExpectation', (_req, res) => {
    res.socket?.end(rawProblem('malformed_request'));
  });
  return server;
}
