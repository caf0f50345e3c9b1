import { once } from 'node:events';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { refusalOf, toProblem } from './problem.ts';
import { holderOf, type Sending, small_response_bytes, whenClosed } from './send.ts';

/** Proxies cut what is silent for longer, most of them after a minute. */
const heartbeat_ms = 15_000;
/** After which a client that was cut off comes back (WHATWG HTML, 9.2): not all of them at the same moment. */
const retryMs = () => 1_000 + Math.floor(Math.random() * 2_000);

interface Parts extends Pick<Sending, 'responses' | 'served'> {
  log: Logger;
}

/** Whether the client has taken what was written, sooner or later. The server cuts the connection of one that takes nothing. */
async function taken(res: Response): Promise<boolean> {
  if (!res.writableNeedDrain) return !res.closed;
  const gone = new AbortController();
  const onClose = () => gone.abort();
  res.once('close', onClose);
  await once(res, 'drain', { signal: gone.signal }).catch(() => undefined);
  res.off('close', onClose);
  return !res.closed;
}

/** Writes a frame, whose bytes count as its client's until they are taken. Gives whether there is somebody to write more to. */
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

/** Passes one frame on. A function of its own, so that nothing keeps a frame while the next is waited for: it may be a megabyte. */
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
  res.setHeader('X-Accel-Buffering', 'no'); // nginx would keep events until it has a buffer full
  res.write(`retry: ${retryMs()}\n\n`);
  // Not to one that takes nothing: its connection would look alive.
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
