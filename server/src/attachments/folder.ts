import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { unusableDirectory } from '../config.ts';
import { flushDirectory, makeDirectoryDurably } from '../lib/durable-files.ts';
import type { Store } from './store.ts';

const has = (code: string, error: unknown) => (error as NodeJS.ErrnoException).code === code;

/** Opens a store in a folder, which several machines may share. Files are spread over 256 subfolders by the end of their ids. */
export function openFolder(dir: string): Store {
  const folderOf = (id: string) => path.join(dir, id.slice(-2));
  const fileOf = (id: string) => path.join(folderOf(id), id);
  const remove = (id: string) => rm(fileOf(id), { force: true });

  const makeFolder = async (folder: string) => {
    try {
      await mkdir(folder);
    } catch (error) {
      if (has('EEXIST', error)) return;
      throw error;
    }
    await flushDirectory(dir);
  };

  const put: Store['put'] = async (id, bytes) => {
    await makeFolder(folderOf(id));
    // `wx`: no file is ever overwritten. `flush`: the bytes are on the disk before the row says that they are.
    const file = createWriteStream(fileOf(id), { flags: 'wx', mode: 0o600, flush: true });
    try {
      await pipeline(bytes, file);
      await flushDirectory(folderOf(id));
    } catch (error) {
      await remove(id);
      throw error;
    }
  };

  const get: Store['get'] = async (id, size_bytes, range) => {
    const file = await open(fileOf(id)).catch((error: unknown) => {
      if (has('ENOENT', error)) return undefined;
      throw error;
    });
    const size = await file?.stat().then(
      (found) => found.size,
      () => undefined,
    );
    if (size === size_bytes) return file?.createReadStream(range);
    await file?.close();
    return undefined;
  };

  const check = async () => {
    const probe = randomUUID();
    try {
      makeDirectoryDurably(dir);
      await put(probe, (async function* () {})());
      await remove(probe);
    } catch (error) {
      throw unusableDirectory(dir, error, 'BATON_ATTACHMENTS_DIR');
    }
  };

  return { put, get, remove, check };
}
