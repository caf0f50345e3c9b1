import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readDatabaseConfig } from '../../src/config.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { schemaState } from '../../src/db/schema-state.ts';
import { openAsOwner, openDatabase } from '../../src/process/database.ts';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { clusterUrl, createDatabase, type TestDatabase, withDatabase } from '../../../proof/harness/database.ts';
import { freePort } from '../../../proof/harness/served.ts';
import { emptyDir, madeDir, register, says, serve, start } from './running.ts';

/** Runs a verb with these settings and waits until it ends. */
async function run(verb: string, env: Record<string, string>, words: readonly string[] = []) {
  const served = await start(emptyDir(), { BATON_DATABASE_WAIT_S: '0', ...env }, { verb, words });
  const code = await served.ended;
  return { code, lines: served.output().trim().split('\n') };
}

describe('a database that cannot be used', () => {
  const changed = (change: (url: URL) => void) => {
    const url = new URL(clusterUrl('postgres'));
    change(url);
    return url.href;
  };
  const unwaited = (env: Record<string, string>) => readDatabaseConfig({ BATON_DATABASE_WAIT_S: '0', ...env });
  test.each([
    [
      'refuses connections',
      () => changed((url) => (url.port = '1')),
      'no PostgreSQL accepts connections at 127.0.0.1:1',
    ],
    [
      'has an unknown host',
      () => changed((url) => (url.hostname = 'nowhere.invalid')),
      'there is no host nowhere.invalid',
    ],
    ['refuses the password', () => changed((url) => (url.password = 'secret')), 'refuses the password of postgres'],
    ['asks for a password', () => changed((url) => (url.password = '')), 'or set PGPASSWORD'],
    ['does not exist', () => clusterUrl('baton_nowhere'), 'there is no database baton_nowhere at 127.0.0.1'],
  ])('because it %s is reported in one line that names the setting', async (_, url, text) => {
    const [one, other] = await Promise.all([
      openDatabase(unwaited({ DATABASE_URL: url() })).catch((error: unknown) => error),
      openAsOwner(unwaited({ MIGRATE_DATABASE_URL: url() }), { create: false }).catch((error: unknown) => error),
    ]);
    const line = expect.stringMatching(/^DATABASE_URL: [^\n]+$/);
    expect(one).toMatchObject({ name: 'ConfigError', message: line });
    const { message } = one as Error;
    expect(message).toContain(text);
    expect(message).not.toContain('secret');
    expect(other).toMatchObject({ name: 'ConfigError', message: `MIGRATE_${message}` });
  });

  test('ends serve and migrate with exit code 1', async () => {
    const url = changed((other) => (other.port = '1'));
    const [one, other] = await Promise.all([
      run('serve', { DATABASE_URL: url }),
      run('migrate', { MIGRATE_DATABASE_URL: url }),
    ]);
    expect([one.code, one.lines]).toEqual([1, [expect.stringMatching(/^DATABASE_URL: no PostgreSQL accepts/)]]);
    expect(other).toEqual({ code: 1, lines: [`MIGRATE_${one.lines[0]}`] });
  });

  test('is also reported in one line by rebuild, jobs and audit', async () => {
    const url = changed((other) => (other.port = '1'));
    const workspace = '018f0000-0000-7000-8000-000000000000';
    const [check, list, log] = await Promise.all([
      run('rebuild', { DATABASE_URL: url }, ['--check']),
      run('jobs', { WORKER_DATABASE_URL: url }),
      run('audit', { DATABASE_URL: url }, ['export', workspace]),
    ]);
    const of = (setting: string) => ({ code: 1, lines: [expect.stringMatching(`^${setting}: no PostgreSQL accepts`)] });
    expect([check, list, log]).toEqual([of('DATABASE_URL'), of('WORKER_DATABASE_URL'), of('DATABASE_URL')]);
  });

  test('because it has no schema is reported by them in one line', async () => {
    const database = await createDatabase();
    onTestFinished(database.drop);
    await database.owner.query('drop schema public cascade; create schema public');
    const workspace = '018f0000-0000-7000-8000-000000000000';
    const told = await Promise.all([
      run('rebuild', { DATABASE_URL: database.url }, ['--check']),
      run('jobs', { DATABASE_URL: database.url }),
      run('audit', { DATABASE_URL: database.url }, ['export', workspace]),
    ]);
    for (const { code, lines } of told)
      expect([code, lines]).toEqual([1, ['The schema is not up to date. Run npm run migrate first.']]);
  });

  test('is waited for, and used once it accepts connections', async () => {
    const database = await createDatabase();
    onTestFinished(database.drop);
    const port = await freePort();
    const url = changed((late) => (late.port = String(port)));
    const served = await start(emptyDir(), {
      DATABASE_URL: withDatabase(url, new URL(database.url).pathname.slice(1)),
      BATON_MIGRATE: 'off',
    });
    await says(served, `DATABASE_URL: no PostgreSQL accepts connections at 127.0.0.1:${port} (ECONNREFUSED).`);
    expect(served.output()).toMatch(/Trying again for \d\d s …/);
    const proxy = createServer((socket) => {
      const behind = connect(Number(new URL(clusterUrl('postgres')).port), '127.0.0.1');
      for (const [from, to] of [[socket, behind] as const, [behind, socket] as const]) {
        from.on('error', () => to.destroy());
        from.pipe(to);
      }
    }).listen(port, '127.0.0.1');
    onTestFinished(() => void proxy.close());
    await says(served, 'Ctrl-C stops it');
    await served.stop();
  });
});

describe('npm run migrate', () => {
  test('migrates only the owner’s database, says which, and needs no secrets', async () => {
    const names = ['owner', 'web'].map((name) => `baton_${name}_${randomBytes(4).toString('hex')}`);
    const admin = new pg.Client({ connectionString: clusterUrl('postgres') });
    await admin.connect();
    onTestFinished(async () => {
      for (const name of names) await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    });
    for (const name of names) await admin.query(`create database ${name}`);
    const [owner = '', web = ''] = names;
    const data_dir = emptyDir();
    const env = { MIGRATE_DATABASE_URL: clusterUrl(owner), DATABASE_URL: clusterUrl(web), NODE_ENV: 'production' };
    const none = { BATON_SECRET: '', BATON_JWT_KEYS: '', BATON_AUDIT_KEY: '', BATON_DATA_DIR: data_dir };
    const { code, lines } = await run('migrate', { ...env, ...none });
    const { port, password } = new URL(clusterUrl(owner));
    expect(lines[0]).toBe(`Migrating database ${owner} at 127.0.0.1:${port} as postgres …`);
    expect([code, lines[1]]).toEqual([0, expect.stringMatching(/^Applied 0001_initial/)]);
    expect(lines.join()).not.toContain(password);
    expect(readdirSync(data_dir)).toEqual([]);
    const tables = await Promise.all(
      names.map(async (name) => {
        const client = new pg.Client({ connectionString: clusterUrl(name) });
        await client.connect();
        const { rows } = await client.query<{ n: number }>(
          "select count(*)::int as n from pg_tables where tablename = 'tickets'",
        );
        await client.end();
        return rows[0]?.n;
      }),
    );
    expect(tables).toEqual([1, 0]);
  });
});

describe('a schema', () => {
  let database: TestDatabase;
  let url: string;
  let name: string;

  beforeAll(async () => {
    database = await createDatabase();
    name = `${new URL(database.url).pathname.slice(1)}_empty`;
    await database.owner.query(`create database ${name}`);
    url = withDatabase(database.url, name);
  });
  afterAll(async () => {
    await database.owner.query(`drop database ${name} with (force)`);
    await database.drop();
  });

  test('that is missing makes the server report why it is not ready, until it exists', async () => {
    const served = await start(emptyDir(), { DATABASE_URL: url, BATON_MIGRATE: 'off', WEB_CONCURRENCY: '2' });
    await says(served, 'Ctrl-C stops it');
    expect(served.output()).toContain('Not ready: The database is empty. Run npm run migrate');
    const status = async (at: string) => (await fetch(served.url + at)).status;
    expect([await status('/livez'), await status('/readyz'), await status('/v1/me')]).toEqual([200, 503, 503]);
    const problem = (await (await fetch(`${served.url}/v1/me`)).json()) as { code: string; detail: string };
    expect(problem).toMatchObject({ code: 'database_unavailable', detail: expect.stringContaining('npm run migrate') });
    await migrate({ url });
    await says(served, 'Ready: the schema is there now.');
    // Several connections at once reach both processes, each of which checks the schema itself.
    const all = () => Promise.all(Array.from({ length: 6 }, () => status('/readyz')));
    while ((await all()).some((one) => one !== 200)) await sleep(50);
    await register(served.url);
    await served.stop();
  });

  test('that is newer is served with a warning, as are too large pools; one that is older is a fault', async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("insert into pgmigrations (name, run_on) values ('9999_later', now())");
    const newer = await start(emptyDir(), { DATABASE_URL: url, BATON_POOL_SIZE: '500' });
    await says(newer, 'Ctrl-C stops it');
    expect(newer.output()).toMatch(/Warning: The database has 9999_later, which Baton \S+ does not know/);
    expect(newer.output()).toMatch(
      /Warning: 1 × \(BATON_POOL_SIZE \+ BATON_WORKER_POOL_SIZE \+ 1\) may open 505 connections, and PostgreSQL allows \d+ /,
    );
    expect((await fetch(`${newer.url}/readyz`)).status).toBe(200);
    await newer.stop();
    await client.query("update pgmigrations set name = '0001_other' where name = '0001_initial'");
    const { fault } = await schemaState(client); // the server reports it in the same way as a missing schema
    await client.end();
    expect(fault).toContain('The database lacks 0001_initial of this version.');
  });
});

describe('the embedded database', () => {
  test('serves verbs while a server runs, keeps its connections when flooded, and logs little, with nothing about requests', async () => {
    const { url, dir, output, stop } = await serve(await madeDir());
    expect(output()).toMatch(/^Baton \d+\.\d+\.\d+ serves /m);
    expect(output()).toMatch(/^ {2}console {4}(http:\S+\/ \(open this first\)|is not built: run npm run build:web, )/m);
    const client = await register(url);
    const { email } = await client.get_me();
    const log = path.join(dir, 'postgres.log');
    writeFileSync(log, `${'x'.repeat(11 * 1024 * 1024)}\n`, { flag: 'a' }); // its size is checked every few seconds
    const silent: Socket[] = [];
    onTestFinished(() => silent.forEach((socket) => socket.destroy()));
    const port = Number(readFileSync(path.join(dir, 'postgres-port'), 'utf8'));
    const hello = Buffer.from('00000010000300007573657200780000', 'hex');
    await sleep(500); // the pool fills
    for (let n = 0; n < 230; n++) {
      const socket = connect(port, '127.0.0.1', () => socket.write(hello));
      silent.push(socket.on('error', () => undefined));
    }
    await sleep(300);
    const statuses = await Promise.all(Array.from({ length: 60 }, async () => (await client.raw.get_me()).status));
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    for (const socket of silent) socket.destroy();
    const twice = { email, password: 'a long enough one', name: 'N' };
    expect((await conformingClient(url).raw.register({ body: twice })).status).toBe(409);
    const password = readFileSync(path.join(dir, 'postgres-password'), 'utf8').trim();
    const owner = new pg.Client({ connectionString: `postgres://postgres:${password}@127.0.0.1:${port}/baton` });
    owner.on('error', () => undefined); // the server ends the connection if this test fails
    await owner.connect();
    await owner.query('alter database postgres allow_connections false'); // as if no connection were left: it runs, but refuses connections
    const verb = await start(dir, {}, { verb: 'disable-user', words: [email] });
    await says(verb, 'Waiting for the database that is already there …');
    await owner.query('alter database postgres allow_connections true');
    await owner.end();
    expect([await verb.ended, verb.output().split('\n')[1]]).toEqual([0, `Disabled ${email}.`]);
    expect((await client.raw.get_me()).status).toBe(401);
    const again = await start(dir, {}, { verb: 'migrate' });
    expect(await again.ended).toBe(0);
    expect(again.output()).toMatch(/^Migrating the embedded .* found running, .*…\nThe schema is up to date\.\n$/);
    while (statSync(log).size > 1_000_000) await sleep(20);
    await stop();
    const logged = readFileSync(`${log}.1`, 'utf8') + readFileSync(log, 'utf8');
    expect(logged).toContain('database system is ready');
    expect(logged).not.toMatch(/@example|insert into|ERROR|DETAIL|STATEMENT/);
  });

  test('of another PostgreSQL version is refused with an explanation', async () => {
    const dir = await madeDir();
    writeFileSync(path.join(dir, 'postgres/PG_VERSION'), '17\n');
    await expect(startEmbedded({ dir })).rejects.toMatchObject({
      name: 'EmbeddedError',
      message: expect.stringMatching(/^\S+ was created by PostgreSQL 17, and this Baton includes 18\. Dump it [^\n]+$/),
    });
  });

  test('gets a new password if its own is empty or missing, and says so, and begins a new log if its own is long', async () => {
    const dir = await madeDir();
    const file = path.join(dir, 'postgres-password');
    const log = path.join(dir, 'postgres.log');
    const said: string[] = [];
    const startAndUse = async () => {
      const { url, stop } = await startEmbedded({ dir, log: (line) => said.push(line) });
      const client = new pg.Client({ connectionString: withDatabase(url, 'baton') });
      await client.connect();
      await client.end();
      await stop();
    };
    writeFileSync(file, '');
    writeFileSync(log, 'old\n');
    truncateSync(log, 11 * 1024 * 1024);
    await startAndUse();
    expect(readFileSync(`${log}.1`, 'utf8').startsWith('old\n')).toBe(true);
    expect(readFileSync(log, 'utf8').length).toBeLessThan(100_000);
    rmSync(file);
    await startAndUse();
    expect(said).toEqual(['empty', 'gone'].map((what) => `${file} is ${what}. Setting a new password …`));
    expect(readFileSync(file, 'utf8').length).toBe(32);
  });
});
