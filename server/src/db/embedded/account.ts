import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { EmbeddedError } from './binaries.ts';

/** How to run PostgreSQL, which refuses to run as root. */
export interface Runner {
  /** What stands before the command. */
  prefix: readonly string[];
  /** For spawn. */
  identity: { uid?: number; gid?: number };
  /** The user that must own its files; undefined if that is the user of this process. */
  owner: { uid: number; gid: number } | undefined;
}

interface Account {
  name: string;
  uid: number;
  gid: number;
}

function findAccount(): Account {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid), name };
  }
  throw new EmbeddedError('PostgreSQL does not run as root, and there is no account postgres or nobody to run it as.');
}

/** The first directory on the path that the account can't enter. */
function obstacle(account: Account, dir: string): string | undefined {
  for (let at = dir; ; at = path.dirname(at)) {
    if (existsSync(at)) {
      const { mode, uid, gid } = statSync(at);
      const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
      if ((mode & bit) === 0) return at;
    }
    if (at === path.dirname(at)) return undefined;
  }
}

/**
 * If this process is root, PostgreSQL runs as postgres or nobody. If a directory above keeps that account out (root's
 * home, a directory of mktemp), PostgreSQL runs in a user namespace: it is that account inside, and still root outside.
 */
export function chooseRunner(dirs: readonly string[]): Runner {
  if (process.getuid?.() !== 0) return { prefix: [], identity: {}, owner: undefined };
  const account = findAccount();
  const { name, uid, gid } = account;
  const closed = dirs.map((dir) => obstacle(account, dir)).find((dir) => dir !== undefined);
  if (closed === undefined) return { prefix: [], identity: { uid, gid }, owner: { uid, gid } };
  const prefix = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`];
  if (spawnSync('unshare', [...prefix.slice(1), 'true']).status === 0) {
    return { prefix, identity: {}, owner: { uid: 0, gid: 0 } };
  }
  throw new EmbeddedError(
    `PostgreSQL runs as ${name} when you are root, and ${closed} does not let ${name} through. Move the project and ` +
      'BATON_DATA_DIR to a directory that it can enter, run as another user, or set DATABASE_URL.',
  );
}

/** Makes the runner own a file or a whole directory; does nothing if it owns it already. */
export function giveTo({ owner }: Runner, file: string): void {
  if (owner === undefined || statSync(file).uid === owner.uid) return;
  const give = (at: string) => {
    chownSync(at, owner.uid, owner.gid);
    if (lstatSync(at).isDirectory()) for (const name of readdirSync(at)) give(path.join(at, name));
  };
  give(file);
}
