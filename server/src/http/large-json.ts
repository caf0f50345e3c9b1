import { once } from 'node:events';
import path from 'node:path';
import { type Transferable, Worker } from 'node:worker_threads';
import { BatonError, type PlainErrorCode } from '../errors.ts';
import { FairQueue } from '../lib/fair-queue.ts';
import { jsonBytesOf } from '../lib/text.ts';
import type { CheckedBody } from './body-json.ts';
import type { Operation } from './contract.ts';

/** A job for the thread. */
export type Job = { kind: 'read'; operation: string; bytes: Uint8Array } | { kind: 'write'; value: unknown };

/** The thread's reply. */
export type Reply =
  | { kind: 'read'; body: CheckedBody }
  | { kind: 'refused'; code: string; data: object }
  | ({ kind: 'written' } & Written);

/** JSON in UTF-8, and the digest for its entity tag. */
export interface Written {
  bytes: Uint8Array;
  digest: string;
}

/** A longer body is large. A shorter one takes the event loop a millisecond or two. */
export const large_body_bytes = 128 * 1024;
const long_text = 64 * 1024;

/**
 * The bytes of JSON that a response's long texts become; 0 if it has none. The thread writes them, not the event loop.
 */
export function longTextBytes(value: unknown): number {
  if (typeof value === 'string') return value.length > long_text ? jsonBytesOf(value) : 0;
  if (typeof value !== 'object' || value === null) return 0;
  // A page of several items stays within `max_page_bytes`, so only a single item needs to be measured.
  if (Array.isArray(value)) return value.length === 1 ? longTextBytes(value[0]) : 0;
  return Object.values(value).reduce((sum: number, one: unknown) => sum + longTextBytes(one), 0);
}

/**
 * Reads and writes large JSON in a separate thread. To parse, check and escape a text of a megabyte takes 50 ms, in
 * which the event loop would serve nobody. The thread runs one job at a time, and accounts take turns.
 */
export class LargeJson {
  readonly #turns = new FairQueue({ max_running: 1, max_waiting: 64 });
  #thread: Worker | undefined;

  /** Returns what `readBody` returns. The bytes are transferred to the thread and can't be used any more. */
  async read(who: string, operation: Operation, bytes: Uint8Array): Promise<CheckedBody> {
    const own = bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer as Transferable] : [];
    const reply = await this.#ask(who, { kind: 'read', operation: operation.id, bytes }, own);
    if (reply.kind === 'refused') throw new BatonError(reply.code as PlainErrorCode, reply.data);
    if (reply.kind !== 'read') throw new Error('The thread sent another kind of reply.');
    return reply.body;
  }

  /** The value as JSON. */
  async write(who: string, value: unknown): Promise<Written> {
    const reply = await this.#ask(who, { kind: 'write', value });
    if (reply.kind !== 'written') throw new Error('The thread sent another kind of reply.');
    return reply;
  }

  #ask(who: string, job: Job, transferred: Transferable[] = []): Promise<Reply> {
    return this.#turns.run(who, async () => {
      const thread = (this.#thread ??= this.#start());
      thread.postMessage(job, transferred);
      const [reply] = (await once(thread, 'message')) as [Reply]; // rejects if the thread fails
      return reply;
    });
  }

  /** Starts the thread, which most processes never need. It does not keep the process alive. */
  #start(): Worker {
    const file = path.join(import.meta.dirname, `large-json-thread${path.extname(import.meta.filename)}`);
    const thread = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: 192 } });
    thread.unref();
    // The next job starts a new thread.
    thread.on('error', () => (this.#thread = undefined));
    return thread;
  }
}
