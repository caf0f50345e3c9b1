import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openS3 } from '../../../../server/src/attachments/s3.ts';
import { makeTeam, makeTicket } from '../../../harness/make.ts';
import { store_rules } from '../../../harness/store-rules.ts';
import { noSwift, startSwift, type Swift } from '../../../harness/swift.ts';
import { type Check, type Finding, isNoticed, type Run, scaled } from '../../check.ts';
import { setStage, type Stage } from '../../stage.ts';
import { Desk, mib } from './desk.ts';
import { Faults } from './faults.ts';
import { messagesOf } from './messages.ts';
import { soon } from './soon.ts';

/** How much memory the process may use beyond that of a process without uploads: two parts for each of twelve uploads. */
const most_memory_mib = 120;
/** Connections that may stay open when nobody reads: those that wait to be used again. */
const most_idle_connections = 20;

/** Uses a server whose attachments are in Swift. */
class Office {
  readonly violations: string[] = [];
  readonly figures: Record<string, number> = {};
  readonly #swift: Swift;
  readonly #stage: Stage;
  readonly #desk: Desk;

  constructor(swift: Swift, stage: Stage, desk: Desk) {
    this.#swift = swift;
    this.#stage = stage;
    this.#desk = desk;
  }

  #expect(holds: boolean, otherwise: string): void {
    if (!holds) this.violations.push(otherwise);
  }

  /** Expects that the worker leaves nothing in the bucket. */
  async expectEmpty(after: string): Promise<void> {
    const empty = await soon(() => this.#swift.stored().length === 0);
    this.#expect(empty, `${after}: ${this.#swift.stored().length} objects or parts are left`);
  }

  /** Sends files, reads them, and removes them. */
  async roundTrips(count: number): Promise<void> {
    const sizes = [0, 1, 100_000, 5 * mib, 5 * mib + 1, 12 * mib + 345, 3_000];
    for (let n = 0; n < count; n++) {
      const file = await this.#desk.add(sizes[n % sizes.length] ?? 0);
      const wrong = await this.#desk.read(file);
      this.#expect(wrong === undefined, `a file of ${file.size} bytes: ${JSON.stringify(wrong)}`);
      this.#expect((await this.#desk.remove(file)) === 204, 'a removal was refused');
    }
    await this.expectEmpty('after removals');
  }

  /** Senders leave when a part of their file is in the bucket. */
  async sendersLeave(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const { socket } = this.#desk.begin(20 * mib, 7 * mib);
      this.#expect(await soon(() => this.#swift.stored().includes(5 * mib)), 'no part of an upload was sent');
      socket.destroy();
      await this.expectEmpty('after a sender left');
    }
    this.#expect((await this.#desk.count()) === 0, 'a file that was not sent completely is listed');
  }

  /** Readers leave in the middle of a file. */
  async readersLeave(count: number): Promise<void> {
    const file = await this.#desk.add(16 * mib);
    for (let n = 0; n < count; n++) {
      const stalled = await Promise.all(this.#desk.readers.map((reader) => this.#desk.stall(file, reader)));
      for (const socket of stalled) socket.destroy();
      await soon(async () => typeof (await this.#desk.read(file)) !== 'object', 5_000); // their turns have ended
    }
    const left = () => this.#swift.connections();
    this.#expect(
      await soon(() => left() <= most_idle_connections, 5_000),
      `${left()} connections are open after readers left`,
    );
    await this.#desk.remove(file);
    await this.expectEmpty('after readers left');
  }

  /** As many people as a network may have read nothing of what they requested; another one is served. */
  async slowReaders(): Promise<void> {
    const file = await this.#desk.add(16 * mib);
    const readers = this.#desk.readers.flatMap((reader, n) => Array.from({ length: n === 0 ? 4 : 6 }, () => reader));
    const stalled = await Promise.all(readers.map((reader) => this.#desk.stall(file, reader)));
    const began = performance.now();
    const served = await Promise.race([
      this.#desk.read(file, this.#desk.senders[0]),
      sleep(10_000, 'nothing came in 10 s'),
    ]);
    this.#expect(served === undefined, `beside ${stalled.length} slow readers: ${JSON.stringify(served)}`);
    this.figures['ms_beside_slow_readers'] = Math.round(performance.now() - began);
    this.figures['slow_readers'] = stalled.length;
    for (const socket of stalled) socket.destroy();
    await this.#desk.remove(file);
    await this.expectEmpty('after slow readers');
  }

  #resident(): number {
    const [, kb] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.#stage.child.pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kb) / 1024);
  }

  /** Twelve large files are sent at one time. */
  async memory(mib_each: number): Promise<void> {
    const before = this.#resident();
    let most = before;
    const look = setInterval(() => (most = Math.max(most, this.#resident())), 50);
    const senders = this.#desk.senders.slice(0, 2).flatMap((person) => Array.from({ length: 6 }, () => person));
    const files = await Promise.all(senders.map((person) => this.#desk.add(mib_each * mib, person)));
    clearInterval(look);
    for (const file of files) await this.#desk.remove(file);
    this.figures['resident_mib_before'] = before;
    this.figures['resident_mib_at_most'] = most;
    this.#expect(most - before <= most_memory_mib, `twelve uploads used ${most - before} MiB`);
    await this.expectEmpty('after large files');
  }
}

const [store_file, bucket_file] = ['attachments/s3.ts', 'attachments/bucket.ts'];

async function tryS3(run: Run, size: number): Promise<Finding> {
  const swift = await startSwift();
  const violations: string[] = [];
  const figures: Record<string, number> = {};
  const { bucket, endpoint = '', credentials } = swift.s3;
  const env = {
    BATON_ATTACHMENTS_DIR: '',
    BATON_ATTACHMENTS_S3_BUCKET: bucket,
    BATON_ATTACHMENTS_S3_ENDPOINT: endpoint,
    BATON_ATTACHMENTS_S3_ACCESS_KEY_ID: credentials?.accessKeyId ?? '',
    BATON_ATTACHMENTS_S3_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? '',
    BATON_UPKEEP_INTERVAL_S: '1',
  };
  try {
    // A broken build is only in the server's process.
    if (run.mutant === undefined) {
      const kept = { store: openS3(swift.s3), stored: swift.stored };
      for (const [says, rule] of Object.entries(store_rules))
        await rule(kept).catch((error: Error) => violations.push(`the store ${says}: ${error.message}`));
      violations.push(...(await messagesOf(swift.s3)));
    }
    run.progress(0.2);
    const stage = await setStage({ mutant: run.mutant }, env);
    try {
      const team = await makeTeam(stage, 'standard');
      const desk = await Desk.of(stage.url, team);
      const office = new Office(swift, stage, desk);
      const faults = new Faults(swift, stage, desk, () => makeTicket(team));
      const steps = [
        () => office.roundTrips(scaled(70, size, 7)),
        () => office.sendersLeave(scaled(10, size)),
        () => office.readersLeave(scaled(15, size, 10)),
        () => office.slowReaders(),
        () => office.memory(30),
        () => faults.away(),
        () => faults.awayWhileSending(),
        () => faults.awayWhileReading(),
        () => faults.silent(),
      ];
      for (const [n, step] of steps.entries()) {
        if (isNoticed(run, [...office.violations, ...faults.violations])) break;
        await step();
        run.progress(0.2 + (0.8 * (n + 1)) / steps.length);
      }
      violations.push(...office.violations, ...faults.violations);
      Object.assign(figures, office.figures, faults.figures);
    } finally {
      violations.push(...(await stage.strike()));
    }
  } finally {
    await swift.stop();
  }
  return { load: { round_trips: scaled(70, size, 7), senders_leave: scaled(10, size) }, figures, violations };
}

export const s3: Check = {
  id: 's3',
  promises: ['P20', 'P29', 'P32'],
  says: 'In a bucket of an S3 server that is not ours (OpenStack Swift), files come back byte by byte, and nothing is left of files that were removed or not sent completely. While the server is away or silent, uploads and downloads get 503, and everything else is served.',
  impossible: noSwift,
  run: tryS3,
  slice: 0, // it needs Debian's packages of Swift
  control_size: 0.1,
  controls: {
    'nothing is removed': {
      source: [
        { file: store_file, find: 'await bucket.request((s3, options) => s3.deleteObject(at, options));', replace: '' },
      ],
    },
    'what an upload left behind is not looked for': {
      source: [{ file: store_file, find: 'of Uploads)', replace: 'of Uploads.slice(0, 0))' }],
    },
    'the parts of a whole file are kept in memory': {
      source: [
        { file: store_file, find: 'const part_bytes = 5 * 2 ** 20', replace: 'const part_bytes = 64 * 2 ** 20' },
      ],
      noticed_by: 'twelve uploads used',
    },
    'a reader who leaves leaves a connection open': {
      source: [
        {
          file: bucket_file,
          find: 'pipeline(body, bytes, () => clearInterval(look));',
          replace: "body.pipe(bytes).once('close', () => body.pause());",
        },
      ],
      noticed_by: 'connections are open',
    },
    'there are ten connections for everybody': {
      source: [{ file: bucket_file, find: 'most_transfers + 16', replace: '10' }],
      noticed_by: 'slow readers',
    },
    'a failure of the server is a fault of ours': {
      source: [{ file: bucket_file, find: 'throw new StoreUnavailable(error);', replace: 'throw error;' }],
      noticed_by: 'without the server',
    },
    'a download that breaks off ends as if it were complete': {
      source: [
        {
          file: bucket_file,
          find: 'pipeline(body, bytes, () => clearInterval(look));',
          replace: "body.on('error', () => bytes.end()).pipe(bytes);",
        },
      ],
      noticed_by: 'a download whose server went away',
    },
    'a request may take for ever': {
      source: [{ file: bucket_file, find: 'const request_ms = 30_000', replace: 'const request_ms = 3_000_000' }],
      noticed_by: 'silent server',
    },
  },
};
