import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The file systems that support a sudden shutdown. */
export const file_systems = ['ext4', 'xfs'] as const;
export type FileSystem = (typeof file_systems)[number];

function run(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${error?.message ?? stderr.trim()}`);
}

// FS_IOC_SHUTDOWN with 2, NOLOGFLUSH: data that has not reached the disk by now is never written. Node has no ioctl.
const shutdown =
  'open(my $dir, "<", shift) or die $!; my $how = pack("L", 2); ioctl($dir, 0x8004587d, $how) or die "ioctl: $!\\n"';

/** A file system in a file, whose power can be cut. After the cut nothing is written, and unflushed data is lost. */
export class CutDisk {
  /** The directory for a cluster. */
  readonly dir: string;
  readonly #beside: string;
  readonly #image: string;
  readonly #root: string;
  readonly #close = () => this.close();
  #open = true;

  constructor(file_system: FileSystem) {
    this.#beside = mkdtempSync(path.join(os.tmpdir(), 'baton-power-'));
    chmodSync(this.#beside, 0o755);
    this.#image = path.join(this.#beside, 'disk');
    this.#root = path.join(this.#beside, 'mounted');
    this.dir = path.join(this.#root, 'cluster');
    process.once('exit', this.#close);
    try {
      mkdirSync(this.#root);
      run('truncate', '--size', '600M', this.#image);
      run(`mkfs.${file_system}`, '-q', this.#image);
      this.#mount();
      mkdirSync(this.dir);
      chmodSync(this.dir, 0o755);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Flushes everything to the disk, as a machine that has run for a while has done. */
  flush(): void {
    run('sync', '--file-system', this.#root);
  }

  cut(): void {
    run('perl', '-e', shutdown, this.#root);
  }

  /** Restores the power: the file system recovers. No process may use it meanwhile. */
  back(): void {
    run('umount', this.#root);
    this.#mount();
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    process.off('exit', this.#close);
    spawnSync('umount', ['--lazy', this.#root]);
    rmSync(this.#beside, { recursive: true, force: true });
  }

  #mount(): void {
    run('mount', '-o', 'loop', this.#image, this.#root);
  }
}

/** The file systems whose power can be cut on this machine, and why the others can't be. */
export function cuttable(): { can: FileSystem[]; why_not: string } {
  const can: FileSystem[] = [];
  let why_not = '';
  for (const file_system of file_systems) {
    try {
      const disk = new CutDisk(file_system);
      try {
        disk.cut();
        can.push(file_system);
      } finally {
        disk.close();
      }
    } catch (error) {
      why_not = `the power of a file system in a file can't be cut here: ${(error as Error).message}`;
    }
  }
  return { can, why_not };
}
