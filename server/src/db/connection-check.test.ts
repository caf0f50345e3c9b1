import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { makeTeam, makeTicket } from '../../../proof/harness/make.ts';
import { startServer } from '../../../proof/harness/server.ts';
import { checkConnection, doubtsAbout, requireVersion, unfitnessOf, worker_user } from './connection-check.ts';
import { createPool, settingsOf } from './pool.ts';

const login = `baton_web_${randomBytes(4).toString('hex')}`;
let database: TestDatabase;
let name: string;

beforeAll(async () => {
  database = await createDatabase();
  name = new URL(database.url).pathname.slice(1);
});
afterAll(async () => {
  await database.owner.query(`drop owned by ${login}; drop role ${login}`);
  await database.drop();
});
beforeEach(async () => {
  await database.owner.query(`drop role if exists ${login}`);
  await database.owner.query(`create role ${login} login password 'x' in role baton_app`);
});

function asLogin(): string {
  const url = new URL(database.url);
  [url.username, url.password] = [login, 'x'];
  return url.href;
}

const common = { max: 2, statement_timeout_ms: 2000, lock_timeout_ms: 1000, on_error: () => undefined };

/** The message that refuses a connection from which these settings are required; undefined if it is accepted. */
async function refusal(url: string, settings: Record<string, string | number> = {}): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await checkConnection(client, settings);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end();
  }
}

describe('a connection', () => {
  test('of a login that owns nothing is accepted', async () => {
    expect(await refusal(asLogin())).toBeUndefined();
    const pool = createPool({ ...common, url: database.url, role: 'baton_app' });
    expect((await pool.query('select current_user as who')).rows).toEqual([{ who: 'baton_app' }]);
    await pool.end();
  });

  test('that bypasses row-level security, or owns the tables, is refused with the name of the setting', async () => {
    expect(await refusal(database.url)).toContain('Requests would act as postgres');
    await database.owner.query(`alter role ${login} bypassrls`);
    expect(await refusal(asLogin())).toContain(`Requests would act as ${login}, whom row-level security does not bind`);
    const owner = `${login}_owner`;
    await database.owner.query(`alter role ${login} nobypassrls; create role ${owner}; grant ${owner} to ${login}`);
    await database.owner.query(`alter table tickets owner to ${owner}`);
    try {
      expect(await refusal(asLogin())).toContain('who owns tables. Let DATABASE_URL sign in as');
    } finally {
      await database.owner.query(`alter table tickets owner to postgres; drop role ${owner}`);
    }
  });

  test('without the settings is refused with statements that set them, and these work', async () => {
    const settings = { TimeZone: 'UTC', statement_timeout: 2000, lock_timeout: 1000, enable_sort: 'off' };
    const said = (await refusal(asLogin(), settings)) ?? '';
    const statements = said.match(/alter role [^;]+;/g) ?? [];
    expect(statements).toContain(`alter role "${login}" in database "${name}" set lock_timeout = '1000';`);
    for (const statement of statements) await database.owner.query(statement);
    expect(await refusal(asLogin(), settings)).toBeUndefined();
  });

  test('gets from the documented statements the settings that it would send itself', () => {
    const operating = readFileSync(path.resolve(import.meta.dirname, '../../../docs/operating.md'), 'utf8');
    const documented = [...operating.matchAll(/^alter role "baton_web" in database "baton" set (\w+) = '(\w+)';$/gm)];
    const defaults = settingsOf({ statement_timeout_ms: 10_000, lock_timeout_ms: 5_000 });
    expect(Object.fromEntries(documented.map(([, name, value]) => [name, value]))).toEqual(
      Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, String(value)])),
    );
  });

  test.each([
    ['waits for the disk', 'synchronous_commit', 'off', 'on'],
    // PostgreSQL's packages in Debian and its images compile expensive statements. Pages of lists that may not sort are
    // expensive by definition.
    ['compiles no statement', 'jit', 'on', 'off'],
  ])('%s whatever the database says', async (_, setting, of_database, of_connection) => {
    await database.owner.query(`alter database ${name} set ${setting} = ${of_database}`);
    const pool = createPool({ ...common, url: asLogin() });
    const { rows } = await pool.query(`show ${setting}`);
    expect(rows).toEqual([{ [setting]: of_connection }]);
    await pool.end();
    await database.owner.query(`alter database ${name} reset ${setting}`);
  });
});

describe('PostgreSQL', () => {
  test.each([9, 13, 14])('%i is refused with a message', (version) => {
    expect(() => requireVersion(version)).toThrow(`This is PostgreSQL ${version}, and Baton needs 15 to 18.`);
  });

  test.each([15, 18, 19])('%i is accepted', (version) => requireVersion(version));

  test('whose login may not act as the role of requests causes a warning that names the setting', async () => {
    await database.owner.query(`revoke baton_app from ${login}`);
    const pool = createPool({ ...common, url: asLogin(), role: 'baton_app' });
    expect((await doubtsAbout(pool)).join()).toContain('DATABASE_URL may not act as baton_app.');
    await pool.end();
  });

  test('whose login may not act as the worker’s role causes a message that names the worker’s setting', async () => {
    const says = 'Set WORKER_DATABASE_URL, and let it sign in as baton_worker.';
    const pool = createPool({ ...common, url: asLogin(), role: 'baton_worker', user: worker_user });
    expect(await unfitnessOf(pool)).toBe(
      `The worker may not act as baton_worker: its login is not in that role. ${says} docs/operating.md has the statements.`,
    );
    // A pooler leaves the role out.
    const pooled = createPool({ ...common, url: asLogin(), user: worker_user });
    expect(await unfitnessOf(pooled)).toContain(`it would act as ${login}. ${says}`);
    const owner = createPool({ ...common, url: database.url, user: worker_user });
    expect(await unfitnessOf(owner)).toContain(
      'The worker would act as postgres, whom row-level security does not bind.',
    );
    await database.owner.query(`grant baton_worker to ${login}`);
    expect([await unfitnessOf(pool), await unfitnessOf(pooled)]).toEqual([undefined, undefined]);
    await Promise.all([pool.end(), pooled.end(), owner.end()]);
  });

  test('that does not write to disk causes a warning', async () => {
    const pool = createPool({ ...common, url: asLogin() });
    const { rows } = await pool.query<{ name: string }>(
      "select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off'",
    );
    const doubts = (await doubtsAbout(pool)).join(' ');
    for (const name of ['fsync', 'full_page_writes']) {
      const off = rows.some((row) => row.name === name);
      expect(doubts.includes(`${name} = off`)).toBe(off);
    }
    await pool.end();
  });
});

describe('a server whose database stops accepting writes', () => {
  test('returns 503 with Retry-After, is not ready, drops its connections, and recovers with the database', async () => {
    const own = await createDatabase();
    const place = new URL(own.url).pathname.slice(1);
    const server = await startServer({ BATON_POOL_SIZE: '2', LOG_LEVEL: 'silent' }, { database: own });
    const team = await makeTeam(server, 'standard');
    const ticket = await makeTicket(team);
    const at = { workspace_id: team.workspace_id, ticket: ticket.id };
    const { client } = team.member;
    const comment = () => client.raw.create_comment({ ...at, body: { body: 'A word.' } });
    const ready = async () => (await fetch(`${server.url}/readyz`)).status;
    const bothConnections = () => Promise.all([server.pool.connect(), server.pool.connect()]);
    for (const one of await bothConnections()) one.release();
    // What a reload, or a failover behind one address, does to connections that are open.
    await own.owner.query(`alter database ${place} set default_transaction_read_only = on`);
    const turned: string[] = [];
    for (const one of await bothConnections()) {
      await one.query('set default_transaction_read_only = on');
      one.release();
    }
    server.pool.on('remove', () => turned.push('removed'));
    const answers = [await comment(), await comment(), await comment()];
    for (const { status, headers, body } of answers) {
      expect([status, headers.get('retry-after'), body]).toEqual([
        503,
        '2',
        expect.objectContaining({ code: 'database_unavailable' }),
      ]);
    }
    await expect.poll(() => turned.length).toBeGreaterThanOrEqual(2); // emitted once a connection is closed
    await expect.poll(ready).toBe(503); // probes reuse a result for a moment
    await own.owner.query(`set default_transaction_read_only = off; alter database ${place} reset all`);
    await expect.poll(ready).toBe(200);
    expect((await comment()).status).toBe(201);
    await server.stop();
    await own.drop();
  });
});
