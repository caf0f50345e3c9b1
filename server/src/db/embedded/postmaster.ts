import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** What postmaster.pid says: a claim, until `verify` has asked the server itself. */
export interface Claim {
  pid: number;
  started_s: number;
  port: number;
}

/** The claim on a data directory; undefined if there is none, or an incomplete one. */
export function readClaim(data_dir: string): Claim | undefined {
  let text: string;
  try {
    text = readFileSync(path.join(data_dir, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // a postmaster removes it when it ends
    throw error;
  }
  const [pid, , started_s, port] = text.split('\n').map(Number);
  if (!pid || !started_s || !port) return undefined;
  return { pid, started_s, port };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the process works in this data directory, as a postmaster does; undefined if the system can't tell. */
export function worksIn(pid: number, data_dir: string): boolean | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data_dir);
  } catch {
    return false;
  }
}

/** `refused`: a PostgreSQL responds, but does not accept the password. */
export type Verdict = 'serving' | 'starting' | 'silent' | 'refused' | 'other';

/** Asks the server on the port whether it is this directory's postmaster, started at the time that the claim says. */
export async function verify(url: string, data_dir: string, claim: Claim): Promise<Verdict> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000, query_timeout: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ dir: string; started_s: number }>(
      `select current_setting('data_directory') as dir,
        extract(epoch from pg_postmaster_start_time())::float8 as started_s`,
    );
    const [row] = rows;
    const same = row !== undefined && realpathSync(row.dir) === realpathSync(data_dir);
    return same && Math.abs(row.started_s - claim.started_s) < 3 ? 'serving' : 'other';
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === '57P03') return 'starting'; // starting up, shutting down, or recovering
    return code?.startsWith('28') === true ? 'refused' : 'silent';
  } finally {
    await client.end().catch(() => undefined);
  }
}
