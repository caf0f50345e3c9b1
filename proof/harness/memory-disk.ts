import { statfsSync } from 'node:fs';

const place = '/dev/shm';
const room = 4 * 2 ** 30;

/** Names the directory that data directories are created in, where that isn't the one for temporary files. */
export const data_place_variable = 'BATON_TEST_DATA_PLACE';

/** A file system in memory with room for the tests' databases; undefined where there is none, or too little memory. */
export function memoryDisk(): string | undefined {
  if (process.platform !== 'linux' || process.availableMemory() < 2 * room) return undefined;
  try {
    const { bavail, bsize } = statfsSync(place);
    return bavail * bsize < room ? undefined : place;
  } catch {
    return undefined;
  }
}
