import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';

// Small files that must survive a power cut. A file system may write a name to the disk long before the contents, and a
// file that was written without all of this came back empty after a cut within half a minute of the first start.

/** Has the entries of a directory written to the disk. */
export function syncDirectory(dir: string): void {
  if (process.platform === 'win32') return; // can't open one
  const handle = openSync(dir, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The same while others are served: a slow disk keeps nobody waiting but the caller. */
export async function flushDirectory(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a directory and those above it; does nothing where it is there already. */
export function makeDirectoryDurably(dir: string): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = path.dirname(path.resolve(dir));
  makeDirectoryDurably(above);
  try {
    // Not { recursive: true }: in a directory that takes no entries, such as /proc, Node 24 never returns from it.
    mkdirSync(dir);
  } catch (error) {
    // Another start was first, or it is something else than a directory.
    if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
  syncDirectory(above);
}

function writeBeside(file: string, text: string): string {
  const beside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  writeFileSync(beside, text, { mode: 0o600, flag: 'wx', flush: true });
  return beside;
}

/** Creates a file that only its owner reads, unless it is there: of several that try at once, one creates it. Tells whether it did. */
export function createDurably(file: string, text: () => string): boolean {
  if (existsSync(file)) return false;
  const beside = writeBeside(file, text());
  let is_first = true;
  try {
    linkSync(beside, file); // unlike a rename, never takes another's place
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    is_first = false;
  } finally {
    rmSync(beside, { force: true });
  }
  syncDirectory(path.dirname(file));
  return is_first;
}

/** Writes a file that only its owner reads: after a power cut it has the old contents or the new ones. */
export function replaceDurably(file: string, text: string): void {
  const beside = writeBeside(file, text);
  renameSync(beside, file);
  syncDirectory(path.dirname(file));
}
