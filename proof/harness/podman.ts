import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { signalAll } from './processes.ts';
import { takeDownOnSignal } from './take-down.ts';

const packages = { podman: 'podman', runc: 'runc', catatonit: 'catatonit', slirp4netns: 'slirp4netns' };

/**
 * Says why images can't be built and run here; undefined if they can. `more` names further programs, each also the name of its
 * Debian package.
 */
export function noPodman(...more: string[]): string | undefined {
  if (process.platform !== 'linux') return 'podman’s containers are for Linux';
  if (process.getuid?.() !== 0) return 'the base image is built, and podman’s containers are run, as root';
  const all = [...Object.keys(packages), ...more];
  const missing = all.filter((program) => spawnSync(program, ['--version']).error !== undefined);
  return missing.length === 0 ? undefined : `not installed; on Debian: apt-get install ${missing.join(' ')}`;
}

/** The outcome of a command. */
export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // the process has ended since
  }
}

/** podman with its images and containers in one folder of its own; the machine's own are untouched. */
export class Podman {
  readonly dir = mkdtempSync(path.join(os.tmpdir(), 'baton-podman-'));
  readonly #running = new Set<ChildProcess>();
  readonly #forget: () => void;
  readonly #close = () => this.close();
  #open = true;

  constructor() {
    process.once('exit', this.#close);
    this.#forget = takeDownOnSignal(this.#close);
    writeFileSync(path.join(this.dir, 'containers.conf'), this.#settings());
  }

  /** Runs a podman command to its end and passes on each line that it prints. */
  run(args: readonly string[], onLine: (line: string) => void = () => undefined): Promise<Ended> {
    return this.#spawn('podman', [...this.#global, ...args], onLine);
  }

  /** Runs a podman command and returns what it printed; throws an error if it fails. */
  async do(args: readonly string[], onLine?: (line: string) => void): Promise<string> {
    const { status, stdout, stderr } = await this.run(args, onLine);
    if (status !== 0) throw new Error(`podman ${args[0]} ended with ${status}: ${`${stdout}${stderr}`.slice(-6000)}`);
    return stdout.trim();
  }

  /** Ends every container and removes the whole folder. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    process.off('exit', this.#close);
    this.#forget();
    for (const child of this.#running) child.kill('SIGKILL');
    spawnSync('podman', [...this.#global, 'rm', '--all', '--force', '--time=0'], { env: this.#env });
    // An interrupted build leaves processes and mounts that podman no longer knows of.
    for (
      let left = this.#processes(), tries = 0;
      left.length > 0 && tries < 100;
      left = this.#processes(), tries += 1
    ) {
      signalAll(left, 'SIGKILL');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
    for (const at of this.#mounts()) spawnSync('umount', ['--lazy', at]);
    rmSync(this.dir, { recursive: true, force: true });
  }

  get #global(): string[] {
    return [`--root=${path.join(this.dir, 'storage')}`, `--runroot=${path.join(this.dir, 'run')}`];
  }

  get #env(): NodeJS.ProcessEnv {
    // The check itself asks for a container's health: systemd, whose timers podman would use, may be absent.
    return { ...process.env, CONTAINERS_CONF: path.join(this.dir, 'containers.conf'), DISABLE_HC_SYSTEMD: 'true' };
  }

  /** Keeps everything within the folder, uses no service of the machine, and sets limits that don't need CAP_SYS_RESOURCE. */
  #settings(): string {
    return `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
init_path = "/usr/bin/catatonit"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
tmp_dir = "${path.join(this.dir, 'tmp')}"
[network]
network_config_dir = "${path.join(this.dir, 'networks')}"
`;
  }

  #spawn(program: string, args: readonly string[], onLine: (line: string) => void): Promise<Ended> {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: this.#env });
    this.#running.add(child);
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].on('data', (chunk) => {
        output[stream] += String(chunk);
        for (const line of String(chunk).split('\n')) onLine(line);
      });
    }
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => {
        this.#running.delete(child);
        resolve({ status, ...output });
      });
    });
  }

  /** The mounts in the folder, innermost first. */
  #mounts(): string[] {
    const mounted = read('/proc/self/mountinfo')
      .split('\n')
      .map((line) => line.split(' ')[4] ?? '');
    return mounted.filter((at) => at.startsWith(`${this.dir}/`)).toReversed();
  }

  /** The processes whose command line names the folder, or whose root lies in it. */
  #processes(): number[] {
    const here = (pid: string) =>
      read(`/proc/${pid}/cmdline`).includes(this.dir) ||
      read(`/proc/${pid}/mountinfo`)
        .split('\n')
        .some((line) => line.split(' ')[4] === '/' && line.includes(this.dir));
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && name !== String(process.pid) && here(name))
      .map(Number);
  }
}
