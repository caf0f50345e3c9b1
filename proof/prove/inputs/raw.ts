import { connect, type Socket } from 'node:net';

/** One response as it was received. */
export interface RawAnswer {
  status: number;
  headers: Map<string, string>;
  text: string;
}

/** What one connection received. */
export interface Exchange {
  answers: RawAnswer[];
  /** Bytes that don't form a whole response. */
  rest: string;
  /** Whether the server closed the connection. */
  closed: boolean;
}

/** The body that starts at `from`, and where it ends; undefined if it is incomplete. */
function chunkedBody(bytes: string, from: number): { text: string; end: number } | undefined {
  let text = '';
  let at = from;
  for (;;) {
    const line_end = bytes.indexOf('\r\n', at);
    if (line_end < 0) return undefined;
    const size = Number.parseInt(bytes.slice(at, line_end), 16);
    const end = line_end + 2 + size + 2;
    if (Number.isNaN(size) || bytes.length < end) return undefined;
    text += bytes.slice(line_end + 2, end - 2);
    at = end;
    if (size === 0) return { text, end };
  }
}

/** Parses the responses, without interim ones (1xx). Bytes are Latin-1 characters. */
export function readAnswers(bytes: string): { answers: RawAnswer[]; rest: string } {
  const answers: RawAnswer[] = [];
  let at = 0;
  for (;;) {
    const head_end = bytes.indexOf('\r\n\r\n', at);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(bytes.slice(at, at + 13))?.[1]);
    if (head_end < 0 || Number.isNaN(status)) return { answers, rest: bytes.slice(at) };
    const lines = bytes.slice(at, head_end).split('\r\n').slice(1);
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const from = head_end + 4;
    const length = Number(headers.get('content-length') ?? 0);
    const body =
      headers.get('transfer-encoding') === 'chunked'
        ? chunkedBody(bytes, from)
        : { text: bytes.slice(from, from + length), end: from + length };
    if (body === undefined || bytes.length < body.end) return { answers, rest: bytes.slice(at) };
    at = body.end;
    if (status >= 200) answers.push({ status, headers, text: Buffer.from(body.text, 'latin1').toString() });
  }
}

interface ExchangeOptions {
  port: number;
  /** Sent one after the other, each in its own write; one character is one byte (Latin-1). */
  parts: readonly string[];
  /** Closes the connection a moment after this many responses; otherwise it waits for the server to close it. */
  answers: number;
  within_ms: number;
}

const moment_ms = 15;

async function sendAll(socket: Socket, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    if (socket.destroyed || !socket.writable) return;
    socket.write(part, 'latin1');
    // Writes in one turn of the event loop would travel in one packet.
    if (parts.length > 1) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Sends bytes on a new connection and collects the responses. */
export function exchange({ port, parts, answers, within_ms }: ExchangeOptions): Promise<Exchange> {
  return new Promise((resolve) => {
    let received = '';
    let closed = false;
    let moment: NodeJS.Timeout | undefined;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      socket.setNoDelay(true);
      void sendAll(socket, parts);
    });
    const deadline = setTimeout(() => socket.destroy(), within_ms);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (moment === undefined && readAnswers(received).answers.length >= answers) {
        moment = setTimeout(() => socket.destroy(), moment_ms);
      }
    });
    socket.on('end', () => {
      closed = true;
      // Not at once: the server might still be working on what it doesn't respond to.
      moment ??= setTimeout(() => socket.destroy(), 2 * moment_ms);
    });
    // A connection that was reset with data still to send has ended, too.
    socket.on('error', () => (closed = true));
    socket.on('close', () => {
      clearTimeout(deadline);
      clearTimeout(moment);
      resolve({ ...readAnswers(received), closed });
    });
  });
}
