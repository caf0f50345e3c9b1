import { setTimeout as sleep } from 'node:timers/promises';
import type { Swift } from '../../../harness/swift.ts';
import type { Stage } from '../../stage.ts';
import { type Desk, mib, type Seen } from './desk.ts';
import { soon } from './soon.ts';

/** How long a request may take while the S3 server is silent: the limit of a request to it, and a little more. */
const silent_ms = 40_000;

const isUnavailable = (seen: unknown) => {
  const { status, code, retry_after } = seen as Partial<Seen>;
  return status === 503 && code === 'overloaded' && Number(retry_after) > 0;
};

/** Takes the S3 server away in the middle of things. */
export class Faults {
  readonly violations: string[] = [];
  readonly figures: Record<string, number> = {};
  readonly #swift: Swift;
  readonly #stage: Stage;
  readonly #desk: Desk;
  readonly #write: () => Promise<unknown>;

  constructor(swift: Swift, stage: Stage, desk: Desk, write: () => Promise<unknown>) {
    this.#swift = swift;
    this.#stage = stage;
    this.#desk = desk;
    this.#write = write;
  }

  #expect(holds: boolean, otherwise: string): void {
    if (!holds) this.violations.push(otherwise);
  }

  /** The worker waits up to a day before it removes what may still arrive. Here that day is over. */
  async #expectEmpty(after: string): Promise<void> {
    await this.#stage.database.owner.query('update attachment_files set due_at = now() where due_at is not null');
    const empty = await soon(() => this.#swift.stored().length === 0);
    this.#expect(empty, `${after}: ${this.#swift.stored().length} objects or parts are left`);
  }

  /** Connections are refused: what needs the server is refused, everything else works, and a removal is done later. */
  async away(): Promise<void> {
    const [kept, removed] = [await this.#desk.add(100_000), await this.#desk.add(6 * mib)];
    await this.#swift.halt();
    for (const [what, seen] of [
      ['a small upload', await this.#desk.send(1000)],
      ['a large upload', await this.#desk.send(12 * mib)],
      ['a download', await this.#desk.read(kept)],
    ] as const)
      this.#expect(isUnavailable(seen), `${what} without the server: ${JSON.stringify(seen)}`);
    this.#expect((await this.#desk.remove(removed)) === 204, 'a removal without the server was refused');
    await this.#write();
    this.#expect((await this.#desk.count()) === 1, 'a refused upload is listed');
    await this.#swift.resume();
    this.#expect((await this.#desk.read(kept)) === undefined, 'a file can’t be read when the server is back');
    await this.#desk.remove(await this.#desk.add(6 * mib));
    await this.#desk.remove(kept);
    await this.#expectEmpty('when the server is back');
  }

  /** The server goes away when a part of a file has been sent. */
  async awayWhileSending(): Promise<void> {
    const { socket, received, rest } = this.#desk.begin(20 * mib, 7 * mib);
    this.#expect(await soon(() => this.#swift.stored().includes(5 * mib)), 'no part of an upload was sent');
    await this.#swift.halt();
    rest();
    const refused = await soon(() => received().includes('503') && received().includes('"code":"overloaded"'));
    this.#expect(refused, `an upload whose server went away: ${received().slice(0, 300)}`);
    socket.destroy();
    this.#expect(this.#swift.stored().length > 0, 'nothing was left, so nothing was tried');
    await this.#swift.resume();
    await this.#expectEmpty('after the server went away during an upload');
  }

  /** The server goes away when a part of a file has been read: the reader notices. */
  async awayWhileReading(): Promise<void> {
    const file = await this.#desk.add(40 * mib);
    const response = await fetch(this.#stage.url + (await this.#desk.addressOf(file)));
    const reader = response.body?.getReader();
    await reader?.read();
    await this.#swift.halt();
    let ended = 'still open';
    const drain = async () => {
      while (!(await reader?.read())?.done);
      ended = 'complete';
    };
    await Promise.race([drain().catch(() => (ended = 'broken')), sleep(30_000)]);
    this.#expect(ended === 'broken', `a download whose server went away is ${ended}`);
    await this.#swift.resume();
    this.#expect((await this.#desk.read(file)) === undefined, 'a file can’t be read when the server is back');
    await this.#desk.remove(file);
    await this.#expectEmpty('after the server went away during a download');
  }

  /** The server accepts connections and says nothing: requests are refused in time, and others don't wait. */
  async silent(): Promise<void> {
    const file = await this.#desk.add(100_000);
    this.#swift.freeze(true);
    const began = performance.now();
    const waiting = Promise.all([this.#desk.send(1000), this.#desk.read(file)]);
    let slowest = 0;
    for (let n = 0; n < 20; n++) {
      const at = performance.now();
      await this.#write();
      slowest = Math.max(slowest, performance.now() - at);
    }
    const seen = await Promise.race([waiting, sleep(silent_ms, undefined)]);
    this.figures['refused_after_ms'] = Math.round(performance.now() - began);
    this.figures['writes_meanwhile_slowest_ms'] = Math.round(slowest);
    for (const one of seen ?? ['nothing'])
      this.#expect(isUnavailable(one), `a request to a silent server: ${JSON.stringify(one)}`);
    this.#expect(slowest < 5_000, `a write beside them took ${Math.round(slowest)} ms`);
    this.#swift.freeze(false);
    this.#expect(
      await soon(async () => (await this.#desk.read(file)) === undefined),
      'a file can’t be read afterwards',
    );
    await this.#desk.remove(file);
    await this.#expectEmpty('after a silent server');
  }
}
