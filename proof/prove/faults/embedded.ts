import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { worksIn } from '../../../server/src/db/embedded/postmaster.ts';
import { madeDataDir, postmasterOf } from '../../harness/installation.ts';
import { to_receivers } from '../../harness/hook-follower.ts';
import { noProcesses, signalAll, signalFamily } from '../../harness/processes.ts';
import { type Served, startServed, startServing } from '../../harness/served.ts';
import { brokenInvariants } from '../../harness/invariants.ts';
import { type Check, type Finding, type Mutant, type Run, scaled } from '../check.ts';
import { followFor } from './followers.ts';
import { settle, type Write } from './ledger.ts';
import { Writers } from './writers.ts';

const writers_count = 4;
const following_ms = 1_000;

/** Counts the postmasters in a directory: processes that work there and whose parent doesn't. */
function postmastersIn(data_dir: string): number {
  const here = realpathSync(data_dir);
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      if (readlinkSync(`/proc/${name}/cwd`) !== here) continue;
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // the process has ended since
    }
  }
  return [...parents.values()].filter((parent) => !parents.has(parent)).length;
}

/** A supervisor with its embedded database, killed and restarted in one directory. */
class Installation {
  readonly violations: string[] = [];
  readonly writes: Write[] = [];
  readonly did = { adopted: 0, second_starts: 0, foreign_pids: 0, with_the_database: 0 };
  readonly #dir: string;
  readonly #run: Run;
  #served: Served | undefined;
  /** The writers of the last life. */
  #writers: Writers | undefined;

  constructor(dir: string, run: Run) {
    this.#dir = dir;
    this.#run = run;
  }

  get #data_dir(): string {
    return path.join(this.#dir, 'postgres');
  }

  #options(mutant: Mutant | undefined = this.#run.mutant) {
    return { env: { BATON_DATA_DIR: this.#dir, LOG_LEVEL: 'silent', ...to_receivers }, source: mutant?.source };
  }

  /** One life of the supervisor: it starts, gets writes, and is killed. */
  async live(n: number): Promise<void> {
    const foreign = n % 5 === 3 ? this.#plantForeignPid() : undefined;
    const served = await startServing(this.#options());
    this.#served = served;
    if (served.output().includes('found running')) this.did.adopted++;
    if (foreign !== undefined && !foreign.unharmed()) this.violations.push('a foreign process was signalled');
    foreign?.end();
    const writers = await Writers.start([served.url], this.#run.random, {
      count: writers_count,
      prefix: `life${n}`,
      followed: false,
    });
    this.#writers = writers;
    await writers.progress(12);
    if (n % 5 === 1) await this.#startTwice(served);
    await sleep(50 * this.#run.random.next());
    await this.#kill(n % 5);
    await writers.stop();
    this.violations.push(...writers.violations);
    this.writes.push(...writers.writes);
    if (postmastersIn(this.#data_dir) > 1) this.violations.push('two postmasters work in one directory');
  }

  /** Kills the supervisor only, or PostgreSQL with it: either its postmaster or all its processes. */
  async #kill(kind: number): Promise<void> {
    const postmaster = postmasterOf(this.#dir) ?? 0;
    this.#served?.child.kill('SIGKILL');
    if (kind === 2) signalAll([postmaster], 'SIGKILL');
    if (kind === 3 || kind === 4) signalFamily(postmaster, 'SIGKILL');
    if (kind >= 2) this.did.with_the_database++;
    await this.#served?.ended;
  }

  async #startTwice(first: Served): Promise<void> {
    this.did.second_starts++;
    const second = await startServed(this.#options());
    // On a busy machine this takes a while; a server that serves has said so by then.
    const deadline = Date.now() + 120_000;
    const runs = () => second.child.exitCode === null && second.child.signalCode === null;
    while (runs() && !second.output().includes('Ctrl-C stops it') && Date.now() < deadline) await sleep(50);
    second.child.kill('SIGKILL');
    const code = await second.ended;
    if (code !== 1 || !second.output().includes('already runs')) {
      this.violations.push(`a second start ended with ${code}: ${second.output().slice(0, 200)}`);
    }
    if ((await fetch(`${first.url}/readyz`)).status !== 200) this.violations.push('a second start disturbed the first');
  }

  /** Leaves what a restart of the machine can leave: a postmaster.pid with a number that now belongs to another process. */
  #plantForeignPid() {
    this.did.foreign_pids++;
    const bystander = spawn('sleep', ['120']);
    const postmaster = postmasterOf(this.#dir);
    if (postmaster !== undefined) signalFamily(postmaster, 'SIGKILL');
    const claim = [bystander.pid, this.#data_dir, 1_700_000_000, 5999, '', '127.0.0.1', '0 0', 'ready'];
    writeFileSync(path.join(this.#data_dir, 'postmaster.pid'), claim.join('\n'));
    return {
      unharmed: () => bystander.exitCode === null && bystander.signalCode === null,
      end: () => bystander.kill(),
    };
  }

  /** Starts it once more, compares the data with what was acknowledged, and stops it normally. */
  async close(): Promise<void> {
    const last = await startServing(this.#options());
    this.#served = last;
    last.child.kill('SIGKILL');
    await last.ended;
    const served = await startServing(this.#options()); // over an adopted database
    this.#served = served;
    if (!served.output().includes('found running')) this.violations.push('a database left running was not adopted');
    // The events of the last writers must still be delivered, though their worker was killed.
    if (this.#writers !== undefined) {
      const { team, watched } = this.#writers;
      this.violations.push(...(await followFor(following_ms, [served.url], team, [watched])));
    }
    const port = readFileSync(path.join(this.#data_dir, 'postmaster.pid'), 'utf8').split('\n')[3] ?? '';
    const password = readFileSync(path.join(this.#dir, 'postgres-password'), 'utf8');
    const owner = new pg.Pool({ connectionString: `postgres://postgres:${password}@127.0.0.1:${port}/baton`, max: 2 });
    owner.on('error', () => undefined);
    this.violations.push(...(await settle(owner, this.writes)).violations);
    this.violations.push(...Object.keys(await brokenInvariants(owner)).map((name) => `invariant ${name}`));
    await owner.end();
    const code = await served.stop();
    if (code !== 0) this.violations.push(`told to stop, it ended with ${code}`);
    const left = postmastersIn(this.#data_dir);
    if (left > 0) this.violations.push('a postmaster was left running');
  }

  /** Cleans up, whatever went wrong. */
  async clear(): Promise<void> {
    this.#served?.child.kill('SIGKILL');
    await this.#served?.ended;
    const pid = postmasterOf(this.#dir);
    if (pid !== undefined && worksIn(pid, this.#data_dir) === true) signalFamily(pid, 'SIGKILL');
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

async function supervise(run: Run, size: number): Promise<Finding> {
  const lives = scaled(30, size, 4);
  const installations = await Promise.all([1, 2].map(async () => new Installation(await madeDataDir(), run)));
  let done = 0;
  await Promise.all(
    installations.map(async (installation, index) => {
      try {
        while (done < lives) {
          const n = done++;
          await installation.live(n);
          run.progress(n / lives);
        }
        await installation.close();
      } catch (error) {
        installation.violations.push(`installation ${index}: ${(error as Error).message.slice(0, 400)}`);
      } finally {
        await installation.clear();
      }
    }),
  );
  const sum = (what: keyof Installation['did']) => installations.reduce((all, { did }) => all + did[what], 0);
  const writes = installations.flatMap((one) => one.writes);
  return {
    load: {
      supervisor_kills: lives,
      of_those_with_the_database: sum('with_the_database'),
      second_starts: sum('second_starts'),
      foreign_pids: sum('foreign_pids'),
      writes: writes.length,
    },
    figures: { adopted: sum('adopted'), acknowledged: writes.filter(({ told }) => told === 'acknowledged').length },
    violations: installations.flatMap(({ violations }) => violations),
  };
}

export const embedded: Check = {
  id: 'embedded',
  promises: ['P20', 'P24'],
  says: 'However its supervisor is killed, the embedded database keeps every acknowledged write. The next start adopts it or starts it again, two never run in one directory, and no other process is signalled.',
  impossible: noProcesses,
  run: supervise,
  slice: 0, // its steps are tests of their own: server/test/process
  control_size: 0.17,
  controls: {
    'takes a pid alone for a database': {
      source: [
        {
          file: 'db/embedded.ts',
          find: "if (verdict === 'serving') return { claim, child: undefined };",
          replace: 'return { claim, child: undefined };',
        },
      ],
    },
    'anybody may supervise': {
      source: [{ file: 'db/embedded.ts', find: 'if (rows[0]?.taken === true)', replace: 'if (true)' }],
    },
    'leaves an adopted database running': {
      source: [
        {
          file: 'db/embedded.ts',
          find: 'signalPostmaster(running, data_dir);\n  const deadline',
          replace: 'if (running.child === undefined) return;\n  signalPostmaster(running, data_dir);\n  const deadline',
        },
      ],
    },
  },
};
