import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { conformingClient } from '../harness/conformance.ts';
import { createDatabase } from '../harness/database.ts';
import { registerPerson } from '../harness/people.ts';
import { serve } from './running.ts';

const main = path.resolve(import.meta.dirname, '../../src/main.ts');

/** Runs a verb to its end. */
async function run(env: Record<string, string>, ...args: string[]) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [main, ...args], { env: { PATH, HOME, BATON_ENV_FILE: '', ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout: stdout.trim(), stderr: stderr.trim() };
}

const timeout = 120_000; // a dozen starts of Node

test('the operator looks after accounts beside a running server and its embedded database', { timeout }, async () => {
  const { url, dir } = await serve();
  const verb = (...args: string[]) => run({ BATON_DATA_DIR: dir }, ...args);
  const client = conformingClient(url);
  const signIn = (email: string, password = 'a long enough one') => client.raw.login({ body: { email, password } });

  const added = await verb('add-user', ' Ada@Example.com', 'Ada Lovelace');
  expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^bpt_\S{86}$/) });
  expect(added.stderr).toContain('ada@example.com, valid for 60 minutes');
  await client.reset_password({ body: { token: added.stdout, new_password: 'a long enough one' } });
  const { access_token } = await client.login({ body: { email: 'ada@example.com', password: 'a long enough one' } });
  client.access_token = access_token;

  expect(await verb('disable-user', 'ada@example.com')).toMatchObject({ code: 0, stdout: 'Disabled ada@example.com.' });
  expect(await client.raw.get_me()).toMatchObject({ status: 401, body: { code: 'session_ended' } });
  expect(await verb('enable-user', 'ada@example.com')).toMatchObject({ code: 0, stdout: 'Enabled ada@example.com.' });
  expect((await signIn('ada@example.com')).status).toBe(200);

  const { stdout: token } = await verb('reset-password', 'ada@example.com');
  await client.reset_password({ body: { token, new_password: 'another long one' } });
  expect(await verb('change-email', 'ada@example.com', 'countess@example.com')).toMatchObject({ code: 0 });
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

test('what can’t be done is one line on stderr, and an exit code', { timeout }, async () => {
  const database = await createDatabase();
  const { url } = await serve(undefined, { DATABASE_URL: database.url, BATON_MIGRATE: 'off' });
  const verb = (...args: string[]) => run({ DATABASE_URL: database.url, NODE_ENV: 'production' }, ...args);
  const refusals = [
    [['disable-user', 'nobody@example.com'], 1, 'There is no enabled account nobody@example.com.'],
    [['add-user', 'nobody', 'N'], 1, '"nobody" can\'t be used as EMAIL.'],
    [['reset-password'], 2, 'Usage: npm run <verb>'],
  ] as const;
  for (const [args, code, says] of refusals) {
    const outcome = await verb(...args);
    expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(says) });
    if (code === 1) expect(outcome.stderr).toBe(says);
  }
  await database.owner.query('alter table password_resets rename to gone');
  const email = 'late@example.com';
  expect(await verb('add-user', email, 'L')).toMatchObject({
    code: 1,
    stderr: 'The schema is not up to date. Run npm run migrate first.',
  });
  await database.owner.query('alter table gone rename to password_resets');
  const { user } = await registerPerson({ url });
  const { stderr } = await verb('add-user', user.email, 'L');
  expect(stderr).toBe(`There is an account ${user.email} already.`);
});
