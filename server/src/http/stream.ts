import { once } from 'node:events';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { refusalOf, toProblem } from './problem.ts';
import { holderOf, type Sending, small_response_bytes, whenClosed } from './send.ts';

/** Proxies cut connections that are silent for longer, most of them after a minute. */
const heartbeat_ms = 15_000;
/**
 * The delay after which a disconnected client reconnects (WHATWG HTML, 9.2). It is random, so that not all clients come
 * at the same moment.
 */
const retryMs = () => 1_000 + Math.floor(Math.random() * 2_000);

interface Parts extends Pick<Sending, 'responses' | 'served'> {
  log: Logger;
}

/**
 * Waits until the client has taken what was written, and returns false if it has left. The server disconnects a client
 * that takes nothing.
 */
async function taken(res: Response): Promise<boolean> {
  if (!res.writableNeedDrain) return !res.closed;
  const gone = new AbortController();
  const onClose = () => gone.abort();
  res.once('close', onClose);
  await once(res, 'drain', { signal: gone.signal }).catch(() => undefined);
  res.off('close', onClose);
  return !res.closed;
}

/** Writes a frame. Its bytes count for the client until it has taken them. Returns false if the client has left. */
async function write({ responses, served }: Parts, res: Response, frame: string): Promise<boolean> {
  if (res.closed) return false;
  const bytes = Buffer.byteLength(frame);
  if (bytes <= small_response_bytes) {
    res.write(frame);
    return taken(res);
  }
  const holder = holderOf(res.req, res);
  served.charge(holder, bytes);
  responses.take(holder, bytes);
  try {
    res.write(frame);
    return await taken(res);
  } finally {
    responses.give(holder, bytes);
  }
}

/**
 * Passes one frame on. It is a separate function so that no variable keeps a frame of perhaps a megabyte while the next
 * one is awaited.
 */
async function pass(frames: AsyncIterator<string>, write_one: (frame: string) => Promise<boolean>): Promise<boolean> {
  const { done, value } = await frames.next();
  return done !== true && write_one(value);
}

/**
 * Sends server-sent events (WHATWG HTML, 9.2) until they end or the client is gone. If something goes wrong,
 * the last event is `problem`.
 */
export async function sendStream(
  parts: Parts,
  res: Response,
  frames: AsyncIterable<string>,
  beat_ms = heartbeat_ms,
): Promise<void> {
  res.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
  res.setHeader('X-Accel-Buffering', 'no'); // otherwise nginx keeps events until its buffer is full
  res.write(`retry: ${retryMs()}\n\n`);
  // A client that takes nothing gets no heartbeat: its connection would look alive.
  const heart = setInterval(() => {
    if (!res.writableNeedDrain) res.write(':\n\n');
  }, beat_ms);
  whenClosed(res, () => clearInterval(heart));
  try {
    const iterator = frames[Symbol.asyncIterator]();
    while (await pass(iterator, (frame) => write(parts, res, frame)));
    await iterator.return?.();
  } catch (error) {
    const refusal = refusalOf(error, res, parts.log);
    const retry = refusal.retry_after_s === undefined ? '' : `retry: ${refusal.retry_after_s * 1000}\n`;
    res.write(`${retry}event: problem\ndata: ${JSON.stringify(toProblem(refusal))}\n\n`);
  }
  clearInterval(heart);
  res.end();
}
