import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTicket } from '../../harness/make.ts';
import { type OwnCluster, startOwnCluster } from '../../harness/own-cluster.ts';
import { childrenOf } from '../../harness/processes.ts';
import { noSmallDisk, SmallDisk } from '../../harness/small-disk.ts';
import { Wire, type WireAnswer } from '../../harness/wire.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { setStageOn } from '../stage.ts';
import { acknowledges_early } from './kills-api.ts';
import { settle, type Write } from './ledger.ts';
import { Writers, writersFor } from './writers.ts';

const disk_mb = 160;
const patience_ms = 20_000;
/** How long PostgreSQL may have no recovery process and not respond before it counts as stuck. */
const stuck_ms = 1_000;

/** What can't grow: the tables, or the write-ahead log, without which PostgreSQL can't even recover. */
type Kind = 'tables' | 'log';

const says: Record<Kind, RegExp> = { tables: /ERROR: .*No space left/, log: /PANIC: .*No space left/ };

/** Uses the API while the disk is full: a write and a read in turn. */
class Onlooker {
  readonly writes: Write[] = [];
  readonly violations: string[] = [];
  readonly reads: Record<number, number> = {};
  readonly #wire: Wire;
  readonly #ticket: string;
  readonly #token: string;

  static async of({ team }: Writers, url: string): Promise<Onlooker> {
    const { id } = await makeTicket(team);
    return new Onlooker(url, `/v1/workspaces/${team.workspace_id}/tickets/${id}`, team.member.access_token);
  }

  private constructor(url: string, ticket: string, token: string) {
    this.#wire = new Wire(url, 2);
    this.#ticket = ticket;
    this.#token = token;
  }

  async look(): Promise<void> {
    const id = `o-${String(this.writes.length).padStart(8, '0')}`;
    const write: Write = { id, kind: 'comment', told: 'unknown', made: undefined };
    this.writes.push(write);
    const answer = await this.#ask('POST', `${this.#ticket}/comments`, write);
    const { code, id: made } = JSON.parse(answer?.text ?? '{}') as { code?: string; id?: string };
    if (answer?.status === 201) Object.assign(write, { told: 'acknowledged', made });
    else if (code !== 'outcome_unknown' && answer !== undefined) write.told = 'refused';
    const read = await this.#ask('GET', this.#ticket);
    this.reads[read?.status ?? 0] = (this.reads[read?.status ?? 0] ?? 0) + 1;
    const live = await this.#ask('GET', '/livez');
    if (live?.status !== 200) this.violations.push(`liveness responded ${live?.status}`);
  }

  close(): void {
    this.#wire.close();
  }

  async #ask(method: string, at: string, write?: Write): Promise<WireAnswer | undefined> {
    const asked = write === undefined ? {} : { headers: { 'x-request-id': write.id }, body: { body: write.id } };
    const request = { method, path: at, token: this.#token, abort_after_ms: patience_ms, ...asked };
    const answer = await this.#wire.send(request).catch(() => undefined);
    if (answer === undefined) this.violations.push(`${method} ${at}: no response`);
    else if (answer.status >= 300 && !(answer.status === 503 && Number(answer.headers['retry-after']) > 0)) {
      this.violations.push(`${method} ${at}: responded ${answer.status} ${answer.text.slice(0, 200)}`);
    }
    return answer;
  }
}

/** PostgreSQL on a small disk, and what its supervisor does. */
class Patient {
  readonly did = { ended: 0, stuck: 0, panics: 0 };
  readonly #cluster: OwnCluster;
  readonly #disk: SmallDisk;

  constructor(cluster: OwnCluster, disk: SmallDisk) {
    this.#cluster = cluster;
    this.#disk = disk;
  }

  get #log(): string {
    return readFileSync(path.join(this.#disk.dir, 'postgres.log'), 'utf8');
  }

  /** Fills the disk until PostgreSQL notices, and keeps it full for a while. Returns whether PostgreSQL noticed. */
  async fill(kind: Kind, longer_ms: number, look: () => Promise<void>): Promise<boolean> {
    await this.#cluster.owner.query('checkpoint'); // removes old log files now, so that they don't free space in between
    const from = this.#log.length;
    this.#disk.fill();
    let until = Date.now() + patience_ms;
    let noticed = false;
    while (Date.now() < until) {
      // Otherwise the rest of the log file would last for a while.
      if (kind === 'log' && !noticed) await this.#cluster.owner.query('select pg_switch_wal()').catch(() => undefined);
      await look();
      if (noticed || !says[kind].test(this.#log.slice(from))) continue;
      noticed = true;
      until = Date.now() + longer_ms;
    }
    this.did.panics += this.#log.slice(from).match(/PANIC: /g)?.length ?? 0;
    return noticed;
  }

  /** Frees space. If PostgreSQL has ended or is stuck, it restarts it, as a supervisor would. */
  async relieve(): Promise<void> {
    this.#disk.makeRoom();
    const until = Date.now() + patience_ms;
    let at_work = Date.now();
    while (this.#cluster.pid() !== 0) {
      if (await this.#answers()) return;
      if (this.#recovers()) at_work = Date.now();
      if (Date.now() > Math.min(until, at_work + stuck_ms)) {
        this.did.stuck++;
        await this.#cluster.kill();
        break;
      }
      await sleep(50);
    }
    if (this.#cluster.pid() === 0) this.did.ended++;
    await this.#cluster.start();
  }

  /** PostgreSQL 18's postmaster can miss the end of the recovery process and wait for it forever. */
  #recovers(): boolean {
    return childrenOf(this.#cluster.pid()).some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('startup');
      } catch {
        return false; // the process has ended since
      }
    });
  }

  #answers(): Promise<boolean> {
    return this.#cluster.owner.query('select 1').then(
      () => true,
      () => false,
    );
  }
}

async function fillUp(run: Run, size: number): Promise<Finding> {
  const disk = new SmallDisk(disk_mb);
  try {
    const cluster = await startOwnCluster(disk.dir);
    // The log must not recycle old files: a new file then needs free space.
    for (const setting of ['wal_recycle = off', "min_wal_size = '32MB'"]) {
      await cluster.owner.query(`alter system set ${setting}`);
    }
    await cluster.owner.query('select pg_reload_conf()');
    const stage = await setStageOn(cluster, run.mutant);
    const writers_count = writersFor(16, run);
    const writers = await Writers.start([stage.url], run.random, { count: writers_count });
    const onlooker = await Onlooker.of(writers, stage.url);
    const patient = new Patient(cluster, disk);
    const rounds = scaled(40, size);
    const violations: string[] = [];
    for (let n = 0; n < rounds; n++) {
      await writers.progress(writers_count, patience_ms);
      const kind: Kind = n % 2 === 0 ? 'tables' : 'log';
      const noticed = await patient.fill(kind, 500 * run.random.next(), () => onlooker.look());
      if (!noticed) violations.push(`PostgreSQL did not notice that its ${kind} can't grow`);
      await patient.relieve();
      await writers.progress(1, patience_ms);
      run.progress((n + 1) / rounds);
    }
    await writers.progress(writers_count, patience_ms);
    await writers.stop();
    onlooker.close();
    if (stage.child.exitCode !== null) violations.push('the server ended');
    const writes = [...writers.writes, ...onlooker.writes];
    const settled = await settle(cluster.owner, writes);
    return {
      load: { rounds, writers: writers_count, writes: writes.length, disk_mb },
      figures: {
        ...writers.figures(),
        unknown: settled.unknown,
        of_those_done: settled.unknown_done,
        reads_while_full: Object.entries(onlooker.reads)
          .map(([status, count]) => `${count} × ${status}`)
          .join(', '),
        ...patient.did,
      },
      violations: [
        ...violations,
        ...writers.violations,
        ...onlooker.violations,
        ...settled.violations,
        ...(await stage.strike()),
      ],
    };
  } finally {
    disk.close();
  }
}

export const full_disk: Check = {
  id: 'full-disk',
  promises: ['P20', 'P21'],
  says: 'If the disk of the tables or of the log is full, each write gets 503 with Retry-After or is stored: no acknowledged write is lost or duplicated, and no refused write is stored. Once there is room and PostgreSQL runs, the API continues without a restart.',
  impossible: noSmallDisk,
  run: fillUp,
  slice: 0.015, // one round, with full tables: with a full log PostgreSQL ends and recovers, as in kills-database
  control_size: 0.1,
  controls: {
    'acknowledges before it commits': acknowledges_early,
    'a full disk is a fault of ours': {
      source: [{ file: 'db/errors.ts', find: ' || isUnable(error) || isReadOnly(error)) {', replace: ') {' }],
    },
    'takes a full disk for a lost connection': {
      source: [
        { file: 'db/errors.ts', find: "['FATAL', 'PANIC'].includes(error.severity ?? '')", replace: 'isUnable(error)' },
        // The first refusal is then that of a later statement, which only says that an earlier one failed.
        {
          file: 'db/transaction.ts',
          find: 'isAborted(reason) ? (this.#failure ?? reason) : reason',
          replace: 'reason',
        },
      ],
    },
  },
};
