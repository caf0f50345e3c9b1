import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { unusableDirectory } from '../config.ts';
import { makeDirectoryDurably, syncDirectory } from '../lib/durable-files.ts';
import type { Store } from './store.ts';

const isAbsent = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** A store in a folder, which may be one that several machines share. Files are spread over 256 folders by the end of their ids. */
export function openFolder(dir: string): Store {
  const folderOf = (id: string) => path.join(dir, id.slice(-2));
  const fileOf = (id: string) => path.join(folderOf(id), id);
  const remove = (id: string) => rm(fileOf(id), { force: true });

  const put: Store['put'] = async (id, bytes) => {
    makeDirectoryDurably(folderOf(id));
    // `wx`: nothing is ever written over. `flush`: on the disk before the row says that it is there.
    const file = createWriteStream(fileOf(id), { flags: 'wx', mode: 0o600, flush: true });
    try {
      await pipeline(bytes, file);
      syncDirectory(folderOf(id));
    } catch (error) {
      await remove(id);
      throw error;
    }
  };

  const get: Store['get'] = async (id) => {
    try {
      const file = await open(fileOf(id));
      return file.createReadStream();
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  };

  const check = async () => {
    const probe = randomUUID();
    try {
      await put(probe, (async function* () {})());
      await remove(probe);
    } catch (error) {
      throw unusableDirectory(dir, error, 'BATON_ATTACHMENTS_DIR');
    }
  };

  return { put, get, remove, check };
}
