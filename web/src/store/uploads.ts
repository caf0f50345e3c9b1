import { cell } from './cell.ts';
import { newId } from './ids.ts';

/** A file that is being sent to a ticket. */
export interface Upload {
  /** Also the idempotency key, so that a retried upload adds the file once. */
  id: string;
  ticket_id: string;
  file: File;
  sent_bytes: number;
  state: 'waiting' | 'sending' | 'failed';
  /** Why the upload failed. */
  error?: unknown;
}

/** How an upload reports its progress and is cancelled. */
export interface Sending {
  progress: (sent_bytes: number) => void;
  signal: AbortSignal;
}

/** How many files are sent at the same time. The others wait, so that the first files finish sooner. */
const at_once = 2;

/** The files that are being sent, whichever ticket is open. */
export class Uploads {
  readonly #send: (upload: Upload, sending: Sending) => Promise<unknown>;
  readonly #all = cell<readonly Upload[]>([]);
  readonly #running = new Map<string, AbortController>();
  /** Called when a file has been added. */
  readonly done = new Set<(upload: Upload) => void>();
  readonly subscribe = this.#all.subscribe;
  readonly get = this.#all.get;

  constructor(send: (upload: Upload, sending: Sending) => Promise<unknown>) {
    this.#send = send;
  }

  /** Queues files for sending. */
  add(ticket_id: string, files: readonly File[]): void {
    const added = files.map((file): Upload => ({ id: newId(), ticket_id, file, sent_bytes: 0, state: 'waiting' }));
    this.#all.set([...this.#all.get(), ...added]);
    this.#goOn();
  }

  /** Retries a failed upload. */
  retry(id: string): void {
    this.#change(id, { state: 'waiting', sent_bytes: 0, error: undefined });
    this.#goOn();
  }

  /** Removes an upload, whether it waits, is being sent or has failed. */
  drop(id: string): void {
    this.#running.get(id)?.abort();
    this.#all.set(this.#all.get().filter((one) => one.id !== id));
    this.#goOn();
  }

  #change(id: string, change: Partial<Upload>): void {
    this.#all.set(this.#all.get().map((one) => (one.id === id ? { ...one, ...change } : one)));
  }

  #goOn(): void {
    for (const upload of this.#all.get()) {
      if (this.#running.size >= at_once) return;
      if (upload.state === 'waiting') void this.#run(upload);
    }
  }

  async #run(upload: Upload): Promise<void> {
    const { id } = upload;
    const running = new AbortController();
    this.#running.set(id, running);
    this.#change(id, { state: 'sending' });
    const progress = (sent_bytes: number) => this.#change(id, { sent_bytes });
    try {
      await this.#send(upload, { progress, signal: running.signal });
      for (const listener of this.done) listener(upload);
      this.#all.set(this.#all.get().filter((one) => one.id !== id));
    } catch (error) {
      // Has no effect if the upload was dropped.
      this.#change(id, { state: 'failed', error });
    } finally {
      this.#running.delete(id);
      this.#goOn();
    }
  }
}
