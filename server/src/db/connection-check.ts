import pg from 'pg';

/** The PostgreSQL versions that the tests run on. */
export const supported = { min: 15, max: 18 };

/** A database, a login or a pooler that Baton can't use as it is. The message says what to change. */
export class UnfitDatabaseError extends Error {
  override name = 'UnfitDatabaseError';
}

/** Who uses connections: the name in messages, the setting with the login, and the role to act as. */
export interface DatabaseUser {
  name: string;
  setting: string;
  role: string;
}

export const requests_user: DatabaseUser = { name: 'Requests', setting: 'DATABASE_URL', role: 'baton_app' };
export const worker_user: DatabaseUser = { name: 'The worker', setting: 'WORKER_DATABASE_URL', role: 'baton_worker' };

/** Settings that each connection must have, by the names that PostgreSQL gives them, in its base units. */
export type Settings = Readonly<Record<string, string | number>>;

interface Seen {
  backend_pid: number;
  acts_as: string;
  signed_in_as: string;
  database: string;
  version: number;
  encoding: string;
  read_only: boolean;
  standby: boolean;
  above_policies: boolean;
  owns_tables: boolean;
  in_role: boolean;
  settings: Record<string, string>;
}

// Sent once for each opened connection. It takes 0.3 ms; opening a connection takes about 8 ms.
const look = `
  select pg_backend_pid() as backend_pid, current_user as acts_as, session_user as signed_in_as,
    current_database() as database, current_setting('server_version_num')::integer / 10000 as version,
    current_setting('server_encoding') as encoding,
    current_setting('transaction_read_only')::boolean as read_only, pg_is_in_recovery() as standby,
    rolsuper or rolbypassrls as above_policies,
    exists (select 1 from pg_class where oid = to_regclass('tickets') and pg_has_role(relowner, 'usage')) as owns_tables,
    coalesce(pg_has_role(to_regrole($2)::oid, 'usage'), false) as in_role,
    (select json_object_agg(name, setting) from pg_settings where name = any($1)) as settings
  from pg_roles where rolname = current_user`;

/** Refuses a PostgreSQL that is older than those the tests run on. */
export function requireVersion(version: number): void {
  if (version >= supported.min) return;
  throw new UnfitDatabaseError(
    `This is PostgreSQL ${version}, and Baton needs ${supported.min} to ${supported.max}. ` +
      'Upgrade it with pg_upgrade, or dump it and restore it into a newer one.',
  );
}

function requireWritable({ read_only, standby }: Pick<Seen, 'read_only' | 'standby'>): void {
  if (standby) {
    throw new UnfitDatabaseError(
      'This PostgreSQL is a standby, which accepts no writes. Name the primary in DATABASE_URL, or promote this one.',
    );
  }
  if (read_only) {
    throw new UnfitDatabaseError(
      'This PostgreSQL accepts no writes: default_transaction_read_only is on. Switch it off for the server, ' +
        'the database or the login, wherever it was switched on.',
    );
  }
}

function requireUnicode(encoding: string): void {
  if (encoding === 'UTF8') return;
  throw new UnfitDatabaseError(
    `The encoding of the database is ${encoding}, and Baton needs UTF8. Create another one with encoding 'UTF8'.`,
  );
}

function requireWalls({ acts_as, above_policies, owns_tables }: Seen, { name, setting, role }: DatabaseUser): void {
  if (!above_policies && !owns_tables) return;
  const reach = above_policies ? 'whom row-level security does not bind' : 'who owns tables';
  throw new UnfitDatabaseError(
    `${name} would act as ${acts_as}, ${reach}. Let ${setting} sign in as a login that is in role ${role} ` +
      'and owns nothing. docs/operating.md has the statements.',
  );
}

/** Any login that row-level security binds may serve requests. The worker needs the rights of its own role. */
function requireWorker({ acts_as, in_role }: Seen, user: DatabaseUser): void {
  if (user === worker_user && !in_role) throw notTheWorker(`it would act as ${acts_as}`);
}

function notTheWorker(who: string, cause?: unknown): UnfitDatabaseError {
  return new UnfitDatabaseError(
    `The worker may not act as baton_worker: ${who}. Set WORKER_DATABASE_URL, and let it sign in as baton_worker. ` +
      'docs/operating.md has the statements.',
    { cause },
  );
}

function requireSettings({ settings, signed_in_as, database }: Seen, wanted: Settings): void {
  const wrong = Object.entries(wanted).filter(([name, value]) => settings[name] !== String(value));
  if (wrong.length === 0) return;
  const login = pg.escapeIdentifier(signed_in_as);
  const place = pg.escapeIdentifier(database);
  const statements = wrong.map(
    ([name, value]) => `alter role ${login} in database ${place} set ${name} = ${pg.escapeLiteral(String(value))};`,
  );
  throw new UnfitDatabaseError(
    `The connection lacks the settings that Baton sends; a pooler drops them. Run as that ` +
      `login: ${statements.join(' ')} Then RECONNECT in the pooler.`,
  );
}

/** Replaces the error of a connection that could not be opened by a clearer one, where we have one. */
export function explainRefusal(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  if (error.message.startsWith('unsupported startup parameter')) {
    return new UnfitDatabaseError(
      'PgBouncer refuses the settings that Baton sends. Put ignore_startup_parameters = options into pgbouncer.ini, ' +
        'and set them for the login instead: docs/operating.md has the statements.',
      { cause: error },
    );
  }
  const role = /^permission denied to set role "(.*)"$/.exec(error.message)?.[1];
  if (role === worker_user.role) return notTheWorker('its login is not in that role', error);
  if (role !== undefined) {
    return new UnfitDatabaseError(
      `The login of DATABASE_URL may not act as ${role}. Let DATABASE_URL sign in as a login that is in role ${role}, ` +
        'such as baton_web: docs/operating.md has the statements.',
      { cause: error },
    );
  }
  return error;
}

// A pooler invents the process numbers that it tells its clients.
const isPooled = (client: pg.ClientBase, seen: Seen) =>
  (client as unknown as { processID: number }).processID !== seen.backend_pid;

/**
 * Sends statements without names. A pooler may use another connection after each transaction, which does not have the
 * prepared statements.
 */
function leaveOutNames(client: pg.ClientBase): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const unnamed = (config: string | pg.QueryConfig, ...rest: unknown[]) =>
    query(typeof config === 'string' ? config : { ...config, name: undefined }, ...rest);
  client.query = unnamed as typeof client.query;
}

/** Checks a connection that was just opened. Throws `UnfitDatabaseError` if Baton can't use it. */
export async function checkConnection(
  client: pg.ClientBase,
  wanted: Settings,
  user: DatabaseUser = requests_user,
): Promise<void> {
  const { rows } = await client.query<Seen>(look, [Object.keys(wanted), user.role]);
  const seen = rows[0];
  if (seen === undefined) throw new Error('PostgreSQL does not know who is signed in.');
  requireVersion(seen.version);
  requireUnicode(seen.encoding);
  requireWritable(seen);
  requireWalls(seen, user);
  requireWorker(seen, user);
  requireSettings(seen, wanted);
  if (isPooled(client, seen)) leaveOutNames(client);
}

/**
 * Throws `UnfitDatabaseError` unless the database still accepts writes, which may change while connections are open.
 */
export async function requireWrites(pool: pg.Pool | pg.ClientBase): Promise<void> {
  const { rows } = await pool.query<Pick<Seen, 'read_only' | 'standby'>>(
    `select current_setting('transaction_read_only')::boolean as read_only, pg_is_in_recovery() as standby`,
  );
  if (rows[0] !== undefined) requireWritable(rows[0]);
}

interface Migrator {
  acts_as: string;
  /** The owner of the tables; null if there are none yet. */
  owner: string | null;
  may_change_tables: boolean;
}

function requireOwner({ acts_as, owner, may_change_tables }: Migrator): void {
  if (may_change_tables) return;
  const reason = owner === null ? 'which may not create tables' : `and ${owner} owns the tables`;
  throw new UnfitDatabaseError(
    `Migrations would run as ${acts_as}, ${reason}. Let MIGRATE_DATABASE_URL sign in as the owner, or set ` +
      'BATON_MIGRATE=off and run npm run migrate as the owner.',
  );
}

/**
 * Refuses a database whose schema can't be brought up to date: it is too old, has another encoding, accepts no writes,
 * or its tables belong to another login.
 */
export async function requireMigratable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<Pick<Seen, 'version' | 'encoding'> & Migrator>(
    `select current_setting('server_version_num')::integer / 10000 as version,
       current_setting('server_encoding') as encoding, current_user as acts_as, pg_get_userbyid(relowner) as owner,
       coalesce(pg_has_role(relowner, 'usage'), has_schema_privilege(to_regnamespace('public'), 'create'), true)
         as may_change_tables
     from (select to_regclass('public.pgmigrations') as oid) as migrations left join pg_class using (oid)`,
  );
  await requireWrites(client);
  for (const seen of rows) {
    requireVersion(seen.version);
    requireUnicode(seen.encoding);
    requireOwner(seen);
  }
}

/**
 * Why connections of this pool can't be opened, in words; undefined if they can, or if the database does not respond.
 */
export async function unfitnessOf(pool: pg.Pool): Promise<string | undefined> {
  try {
    (await pool.connect()).release();
    return undefined;
  } catch (error) {
    const refusal = explainRefusal(error);
    return refusal instanceof UnfitDatabaseError ? refusal.message : undefined;
  }
}

/**
 * Warnings for the operator: why Baton can't use this database, what the database may lose, or that its version is
 * untested.
 */
export async function doubtsAbout(pool: pg.Pool): Promise<string[]> {
  try {
    const { rows } = await pool.query<{ version: number; fsync: string; full_page_writes: string }>(
      `select current_setting('server_version_num')::integer / 10000 as version,
         current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes`,
    );
    return rows.flatMap(({ version, fsync, full_page_writes }) => [
      ...(fsync === 'off' ? ['PostgreSQL runs with fsync = off: a power cut can destroy the database.'] : []),
      ...(full_page_writes === 'off'
        ? ['PostgreSQL runs with full_page_writes = off: a power cut can damage tables, except on ZFS and the like.']
        : []),
      ...(version > supported.max
        ? [`PostgreSQL ${version} is newer than ${supported.min} to ${supported.max}, which Baton is tested with.`]
        : []),
    ]);
  } catch (error) {
    const refusal = explainRefusal(error);
    if (!(refusal instanceof UnfitDatabaseError)) throw error;
    return [`${refusal.message} Until then requests get 503.`];
  }
}
