import { statfsSync } from 'node:fs';

const place = '/dev/shm';
const room = 4 * 2 ** 30;

/** Names the directory for data directories, if they don't belong with the temporary files. */
export const data_place_variable = 'BATON_TEST_DATA_PLACE';

/** Returns a file system in memory with room for the tests' databases; undefined if there is none or memory is short. */
export function memoryDisk(): string | undefined {
  if (process.platform !== 'linux' || process.availableMemory() < 2 * room) return undefined;
  try {
    const { bavail, bsize } = statfsSync(place);
    return bavail * bsize < room ? undefined : place;
  } catch {
    return undefined;
  }
}
