import { chownSync, existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { EmbeddedError } from './binaries.ts';

/** The system account PostgreSQL runs as; undefined: the one we run as. */
export interface Account {
  uid: number;
  gid: number;
  name: string;
}

/** PostgreSQL refuses to run as root: then it runs as postgres, or nobody. */
export function accountToRunAs(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid), name };
  }
  throw new EmbeddedError('PostgreSQL does not run as root, and there is no account postgres or nobody to run it as.');
}

/** Throws unless the account can get into the directory: every one above it must let it through. */
export function requireAccess(account: Account | undefined, dir: string, advice: string): void {
  if (account === undefined) return;
  for (let at = dir; ; at = path.dirname(at)) {
    if (existsSync(at)) {
      const { mode, uid, gid } = statSync(at);
      const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
      if ((mode & bit) === 0) {
        throw new EmbeddedError(`PostgreSQL runs as ${account.name}, whom ${at} does not let through. ${advice}`);
      }
    }
    if (at === path.dirname(at)) return;
  }
}

/** Makes the account own a file or directory. */
export function giveTo(account: Account | undefined, file: string): void {
  if (account !== undefined) chownSync(file, account.uid, account.gid);
}
