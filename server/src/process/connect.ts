import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ConfigError } from '../config.ts';

/** A database's URL, and the setting that it comes from. */
export interface Login {
  setting: string;
  url: string;
}

/** Describes a login for a person: server, port, database and user, and never the password. */
export function describeLogin({ url }: Login): string {
  const { host, port, database, user } = new pg.Client({ connectionString: url });
  return `database ${database} at ${host}:${port} as ${user}`;
}

interface Problem {
  says: string;
  /** It may pass by itself, since the server or its host is starting. */
  passing: boolean;
}

const passing = (says: string): Problem => ({ says, passing: true });
const lasting = (says: string): Problem => ({ says, passing: false });

/** Explains a failure to connect to the person who wrote the setting; undefined if the setting is not the cause. */
export function connectProblem(login: Login, error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { host, port, database, user } = new pg.Client({ connectionString: login.url });
  const { code = '' } = error as { code?: string };
  switch (code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENOENT': // of a Unix socket
    case 'ETIMEDOUT':
      return passing(
        `no PostgreSQL accepts connections at ${host}:${port} (${code}). Start it, or correct host and port.`,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return passing(`there is no host ${host} (${code}). Correct the host, or its name resolution.`);
    case '57P03':
      return passing(`PostgreSQL at ${host}:${port} is still starting.`);
    case '53300':
      return passing(`PostgreSQL at ${host}:${port} has no connection left (max_connections).`);
    case '28P01':
      return lasting(`PostgreSQL at ${host}:${port} refuses the password of ${user}. Correct user or password.`);
    case '28000':
      return lasting(`PostgreSQL at ${host}:${port} does not let ${user} in: ${error.message}.`);
    case '3D000':
      return lasting(`there is no database ${database} at ${host}:${port}. Create it, or correct the name.`);
    case '42501':
      return lasting(`${user} may not connect to database ${database} at ${host}:${port}. Grant it connect.`);
    default:
      return otherProblem(error, `${host}:${port}`, user ?? '');
  }
}

/** Explains failures that the driver reports without a code. */
function otherProblem(error: Error, where: string, user: string): Problem | undefined {
  if (/timeout expired|timeout exceeded/.test(error.message)) {
    return passing(`nothing at ${where} responds. Start PostgreSQL there, or correct host and port.`);
  }
  if (/terminated unexpectedly/.test(error.message))
    return passing(`the server at ${where} closes the connection. Is it PostgreSQL?`);
  if (/password must be a string/.test(error.message)) {
    return lasting(`PostgreSQL at ${where} asks for the password of ${user}. Put it into the URL, or set PGPASSWORD.`);
  }
  if (/SSL|certificate|TLS/i.test(error.message)) {
    return lasting(`the encrypted connection to ${where} fails: ${error.message}. Correct sslmode and certificates.`);
  }
  return undefined;
}

export interface Waiting {
  wait_s: number;
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}

const between_tries_ms = 500;

/**
 * Connects. While the database can't be reached, it retries until the time is over. A failure is reported in one line
 * that names the setting.
 */
export async function connectTo(login: Login, { wait_s, log, signal }: Waiting): Promise<pg.Client> {
  const deadline = Date.now() + wait_s * 1000;
  for (let said = ''; ; ) {
    signal?.throwIfAborted();
    const client = new pg.Client({
      connectionString: login.url,
      application_name: 'baton',
      connectionTimeoutMillis: 5_000,
    });
    client.on('error', () => undefined); // the statement in progress rejects
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      const problem = connectProblem(login, error);
      if (problem === undefined) throw error;
      const line = `${login.setting}: ${problem.says}`;
      if (!problem.passing) throw new ConfigError(line, { cause: error });
      if (Date.now() >= deadline) {
        throw new ConfigError(wait_s === 0 ? line : `${line} Gave up after ${wait_s} s.`, { cause: error });
      }
      if (line !== said) log(`${line} Trying again for ${Math.ceil((deadline - Date.now()) / 1000)} s …`);
      said = line;
    }
    await sleep(between_tries_ms, undefined, signal === undefined ? {} : { signal });
  }
}
