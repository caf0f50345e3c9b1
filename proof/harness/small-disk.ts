import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

function mount(dir: string, megabytes: number): string | undefined {
  const options = `size=${megabytes}m,mode=755`;
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'baton', dir], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

function unmount(dir: string): void {
  spawnSync('umount', ['--lazy', dir]);
  rmdirSync(dir);
}

const newDir = () => mkdtempSync(path.join(os.tmpdir(), 'baton-disk-'));

/** Says why no small disk can be created here; undefined if one can. */
export function noSmallDisk(): string | undefined {
  if (process.platform !== 'linux') return 'a small disk is a tmpfs, which only Linux has';
  const dir = newDir();
  const refused = mount(dir, 1);
  if (refused === undefined) unmount(dir);
  else rmdirSync(dir);
  return refused === undefined ? undefined : `a small disk is a tmpfs, which may not be mounted here: ${refused}`;
}

/** A disk that can be filled to the last byte without affecting anything else. */
export class SmallDisk {
  /** The directory for a cluster. */
  readonly dir: string;
  readonly #root: string;
  readonly #beside: string;
  readonly #filling: string;
  readonly #close = () => this.close();
  #open = true;

  constructor(megabytes: number) {
    this.#root = newDir();
    this.#beside = newDir();
    const refused = mount(this.#root, megabytes);
    if (refused !== undefined) throw new Error(refused);
    process.once('exit', this.#close);
    this.dir = path.join(this.#root, 'cluster');
    this.#filling = path.join(this.#root, 'filling');
    mkdirSync(this.dir);
    // The log is on another disk, so that it can say what happens when this one is full.
    const log = path.join(this.#beside, 'postgres.log');
    writeFileSync(log, '', { mode: 0o600 });
    chmodSync(this.dir, 0o755);
    symlinkSync(log, path.join(this.dir, 'postgres.log'));
  }

  /** Takes all free space, to the last page. */
  fill(): void {
    const file = openSync(this.#filling, 'a');
    for (const piece of [Buffer.alloc(1024 * 1024), Buffer.alloc(4096)]) {
      try {
        while (writeSync(file, piece) > 0);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
    closeSync(file);
  }

  makeRoom(): void {
    rmSync(this.#filling, { force: true });
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    process.off('exit', this.#close);
    unmount(this.#root);
    rmSync(this.#beside, { recursive: true, force: true });
  }
}
