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

// Small files that must survive a power cut. A file system may write a name to the disk long before the contents. A
// file that was written without all of these steps was empty after a power cut within half a minute of the first start.

/** Writes the entries of a directory to the disk. */
export function syncDirectory(dir: string): void {
  if (process.platform === 'win32') return; // directories can't be opened there
  const handle = openSync(dir, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The same without blocking the event loop: a slow disk delays only the caller. */
export async function flushDirectory(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Creates a directory and its missing parents, and writes their names to the disk. Does nothing if it exists already.
 */
export function makeDirectoryDurably(dir: string): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = path.dirname(path.resolve(dir));
  makeDirectoryDurably(above);
  try {
    // Not { recursive: true }: in a directory that takes no entries, such as /proc, Node 24 never returns from it.
    mkdirSync(dir);
  } catch (error) {
    // Another process was first, or the path is not a directory.
    if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
  syncDirectory(above);
}

function writeBeside(file: string, text: string): string {
  const beside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  writeFileSync(beside, text, { mode: 0o600, flag: 'wx', flush: true });
  return beside;
}

/**
 * Creates a file that only its owner can read, unless it exists. If several callers try at once, one of them creates
 * it. Returns whether this one did.
 */
export function createDurably(file: string, text: () => string): boolean {
  if (existsSync(file)) return false;
  const beside = writeBeside(file, text());
  let is_first = true;
  try {
    linkSync(beside, file); // unlike a rename, never replaces a file
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    is_first = false;
  } finally {
    rmSync(beside, { force: true });
  }
  syncDirectory(path.dirname(file));
  return is_first;
}

/** Writes a file that only its owner can read. After a power cut it has either the old contents or the new ones. */
export function replaceDurably(file: string, text: string): void {
  const beside = writeBeside(file, text);
  renameSync(beside, file);
  syncDirectory(path.dirname(file));
}
