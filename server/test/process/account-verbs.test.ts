import { execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { account_verbs, type AccountVerb, runAccountVerb } from '../../src/accounts/verbs.ts';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { emptyDir } from './running.ts';

const main = path.resolve(import.meta.dirname, '../../src/main.ts');

/** Runs a verb and waits until it ends. */
async function run(env: Record<string, string>, ...args: string[]) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [main, ...args], { env: { PATH, HOME, BATON_ENV_FILE: '', ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout: stdout.trim(), stderr: stderr.trim() };
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Does what a verb does, without starting a process. */
function verb(name: string, ...args: string[]) {
  return runAccountVerb(account_verbs[name] as AccountVerb, server.database.url, args, server.config);
}

test('the operator can manage accounts while a server runs', async () => {
  const { url } = server;
  const client = conformingClient(url);
  const signIn = (email: string, password = 'a long enough one') => client.raw.login({ body: { email, password } });

  const added = await run({ DATABASE_URL: server.database.url }, 'add-user', ' Ada@Example.com', 'Ada Lovelace');
  expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^bpt_\S{86}$/) });
  expect(added.stderr).toContain('ada@example.com, valid for 60 minutes');
  await client.reset_password({ body: { token: added.stdout, new_password: 'a long enough one' } });
  const { access_token } = await client.login({ body: { email: 'ada@example.com', password: 'a long enough one' } });
  client.access_token = access_token;

  expect(await verb('disable-user', 'ada@example.com')).toEqual({ done: true, says: 'Disabled ada@example.com.' });
  expect(await client.raw.get_me()).toMatchObject({ status: 401, body: { code: 'session_ended' } });
  expect(await verb('enable-user', 'ada@example.com')).toEqual({ done: true, says: 'Enabled ada@example.com.' });
  expect((await signIn('ada@example.com')).status).toBe(200);

  const { gives: token = '' } = await verb('reset-password', 'ada@example.com');
  await client.reset_password({ body: { token, new_password: 'another long one' } });
  const moved = await run(
    { DATABASE_URL: server.database.url, NODE_ENV: 'production' },
    'change-email',
    'ada@example.com',
    'countess@example.com',
  );
  expect(moved).toEqual({ code: 0, stdout: 'ada@example.com is now countess@example.com.', stderr: '' });
  const signed_in = await signIn('countess@example.com', 'another long one');
  expect(signed_in.status).toBe(200);
  client.access_token = (signed_in.body as { access_token: string }).access_token;
  const { data } = await client.list_my_audit();
  expect(data.filter(({ request_id }) => request_id === 'operator').map(({ action }) => action)).toEqual([
    'email_changed',
    'password_reset_offered',
    'account_enabled',
    'account_disabled',
    'account_added',
  ]);
});

test('a verb that cannot do its work says why in one line on stderr, and exits with an error code', async () => {
  const { database, url } = server;
  expect(await verb('disable-user', 'nobody@example.com')).toEqual({
    done: false,
    says: 'There is no account nobody@example.com, or it is disabled already.',
  });
  expect(await verb('add-user', 'nobody', 'N')).toEqual({
    done: false,
    says: '"nobody" can\'t be used as EMAIL. Expected an e-mail address.',
  });
  expect(await verb('change-email', 'a@example.com', 'A@example.com')).toEqual({
    done: false,
    says: 'The two addresses are the same: a@example.com.',
  });
  const { user } = await registerPerson({ url });
  expect(await verb('add-user', user.email, 'L')).toEqual({
    done: false,
    says: `There is an account ${user.email} already.`,
  });
  const env = { DATABASE_URL: database.url, NODE_ENV: 'production' };
  expect(await run(env, 'reset-password')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^reset-password takes EMAIL\.\n\nUsage: npm run <verb>/),
  });
  expect(await run(env, 'change-email', user.email, 'nobody')).toMatchObject({
    code: 1,
    stderr: '"nobody" can\'t be used as NEW_EMAIL. Expected an e-mail address.',
  });
  const dir = emptyDir();
  expect(await run({ BATON_DATA_DIR: dir }, 'reset-password', user.email)).toMatchObject({
    code: 1,
    stderr: `There is no database in ${dir}. Start Baton there first, or set BATON_DATA_DIR to the directory of yours.`,
  });
  // Somebody's name may be a word that prints the usage in its place.
  expect(await run({ BATON_DATA_DIR: dir }, 'add-user', user.email, 'help')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no database'),
  });
  expect(readdirSync(dir)).toEqual([]);
  await database.owner.query('alter table password_resets rename to gone');
  const late = await run(env, 'add-user', 'late@example.com', 'L');
  await database.owner.query('alter table gone rename to password_resets');
  expect(late).toEqual({ code: 1, stdout: '', stderr: 'The schema is not up to date. Run npm run migrate first.' });
});

test('a verb waits for a lock no longer than BATON_LOCK_TIMEOUT_MS, and works when it is run again', async () => {
  const { database } = server;
  const { user } = await registerPerson(server);
  const env = { DATABASE_URL: database.url, BATON_LOCK_TIMEOUT_MS: '200' };
  const holder = await database.owner.connect();
  try {
    await holder.query('begin');
    await holder.query('select 1 from users where id = $1 for update', [user.id]);
    expect(await run(env, 'disable-user', user.email)).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^A row stayed locked for longer than BATON_LOCK_TIMEOUT_MS, .* Run the command again\.$/,
      ),
    });
    // Every other verb that changes an account waits for the same lock.
    for (const [name, ...more] of [['reset-password'], ['change-email', 'other@example.com']] as const) {
      const { database: at, config } = server;
      const given = [user.email, ...more];
      const outcome = runAccountVerb(account_verbs[name] as AccountVerb, at.url, given, {
        ...config,
        lock_timeout_ms: 200,
      });
      expect(await outcome).toEqual({ done: false, says: expect.stringContaining('Run the command again.') });
    }
  } finally {
    await holder.query('rollback');
    holder.release();
  }
  expect(await run(env, 'disable-user', user.email)).toMatchObject({ code: 0, stdout: `Disabled ${user.email}.` });
});

test('a name that is not in UTF-8 is refused', async () => {
  const { PATH = '' } = process.env;
  const command = `"$0" "$1" add-user jorg@example.com "$(printf 'J\\366rg')" 2>&1 || echo "$?"`;
  const env = { PATH, BATON_ENV_FILE: '', DATABASE_URL: server.database.url };
  const printed = execFileSync('sh', ['-c', command, process.execPath, main], { env, encoding: 'utf8' });
  expect(printed).toBe('NAME is not in UTF-8. Use a terminal with a UTF-8 locale.\n1\n');
  expect((await verb('reset-password', 'jorg@example.com')).done).toBe(false);
});

test('a migration says that a newer version has migrated the database', async () => {
  const { database } = server;
  await database.owner.query(`insert into pgmigrations (name, run_on) values ('9999_later', now())`);
  const migrated = await run({ DATABASE_URL: database.url }, 'migrate');
  await database.owner.query(`delete from pgmigrations where name = '9999_later'`);
  expect(migrated).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/ …\nThe schema is up to date\.$/),
    stderr: expect.stringMatching(/^Warning: The database has 9999_later, which Baton .* does not know: /),
  });
  expect((await run({ DATABASE_URL: database.url }, 'migrate')).stderr).toBe('');
});

test('a verb that loses its connection says so in one line, too', async () => {
  const { database } = server;
  const { user } = await registerPerson(server);
  const holder = await database.owner.connect();
  try {
    await holder.query('begin; lock table password_resets in access exclusive mode');
    const state = { over: false };
    const ran = run({ DATABASE_URL: database.url }, 'reset-password', user.email).finally(() => (state.over = true));
    while (!state.over) {
      await database.owner.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'baton' and wait_event_type = 'Lock'`);
      await sleep(50);
    }
    expect(await ran).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^.*terminat.*$/) });
  } finally {
    await holder.query('rollback');
    holder.release();
  }
});
