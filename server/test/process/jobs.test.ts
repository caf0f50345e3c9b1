import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepDelivering } from '../../../proof/harness/deliveries.ts';
import { startMailbox } from '../../../proof/harness/mailbox.ts';
import { makeTeam, makeTicket } from '../../../proof/harness/make.ts';
import { startReceiver } from '../../../proof/harness/receiver.ts';
import { startServer, test_environment, type TestServer } from '../../../proof/harness/server.ts';
import { isAsPrinted, runAll, stepsOf } from '../../../proof/harness/walk.ts';
import { Sequencer } from '../../src/audit/sequencer.ts';
import { createPool } from '../../src/db/pool.ts';
import type { Report } from '../../src/jobs/report.ts';
import { Mailer } from '../../src/mail/mailer.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const page = readFileSync(path.join(root, 'docs/operating.md'), 'utf8');
const [, section = ''] = page.split('\n## Jobs\n');
const [jobs_section = ''] = section.split('\n## ');
// Not `console`: `npm run prove -- operating` runs such blocks, too, and there nothing has been given up.
const steps = stepsOf(jobs_section.replaceAll('```text', '```console'));

let server: TestServer;
const settings = {
  BATON_SMTP_TLS: 'off',
  BATON_MAIL_FROM: 'Baton <baton@example.com>',
  BATON_APP_URL: 'https://tickets.example.com',
  BATON_WEBHOOK_PRIVATE: 'on',
  BATON_WEBHOOK_RETRIES_S: '0',
};
let ids: Record<'WEBHOOK' | 'EVENT' | 'WORKSPACE' | 'MAIL', string>;

const env = (more: Record<string, string> = {}) => ({
  ...process.env,
  ...test_environment,
  DATABASE_URL: server.database.url,
  ...more,
});

/** Makes the worker give up a delivery and a mail, and set a workspace aside. */
beforeAll(async () => {
  const [mailbox, receiver] = [await startMailbox(), await startReceiver(() => ({ status: 500 }))];
  mailbox.refuses = () => ({ responseCode: 550 });
  server = await startServer({ ...settings, BATON_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}` });
  const { owner: database } = server.database;
  const team = await makeTeam(server);
  const { workspace_id, owner } = team;
  const body = { url: receiver.url, types: ['ticket.created' as const] };
  const { id: webhook_id } = await owner.client.create_webhook({ workspace_id, body });
  const { id: ticket } = await makeTicket(team);
  const worker = keepDelivering(server, () => undefined);
  const given_up = async () =>
    (await owner.client.list_deliveries({ workspace_id, webhook_id, state: 'given_up' })).data;
  while ((await given_up()).length === 0) await sleep(50);
  await worker.stop();
  await database.query('delete from mails'); // invitations
  await owner.client.request_password_reset({ body: { email: owner.email } });
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  const pool = createPool({ url: server.database.url, role: 'baton_worker', ...limits });
  const { mail } = server.config;
  if (mail === undefined) throw new Error('The server has no mail.');
  const log = pino({ level: 'silent' });
  const pass = { goesOn: () => true, count: () => undefined };
  const mailer = new Mailer({ ...server.config, pool, log, settings: mail });
  await mailer.pass(pass);
  mailer.stop();
  await database.query(
    `insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, request_id)
     values ($1, gen_random_uuid(), $2, 'ticket.updated', 'ticket', $3, 1, 'seed-0001')`,
    [workspace_id, owner.user.id, ticket],
  );
  await new Sequencer(pool, log).pass(pass);
  await pool.end();
  const mails = await database.query<{ id: string }>('select id from given_up_mails');
  ids = {
    WEBHOOK: webhook_id,
    EVENT: (await given_up())[0]?.id ?? '',
    WORKSPACE: workspace_id,
    MAIL: mails.rows[0]?.id ?? '',
  };
  await receiver.stop();
  await mailbox.stop();
});
afterAll(async () => {
  await server.database.owner.query('delete from outbox');
  await server.stop();
});

test('the commands of the section Jobs of docs/operating.md print what it says', async () => {
  expect(steps.length).toBeGreaterThan(4);
  const printed = await runAll(
    steps.map(({ command }) => command),
    { cwd: root, env: env(ids) },
  );
  for (const [n, { command, answer }] of steps.entries()) {
    const is_printed = isAsPrinted(printed[n] ?? '', answer);
    expect([command, is_printed ? answer : printed[n]]).toEqual([command, answer]);
  }
  // Control: a different number is noticed.
  expect(
    isAsPrinted(printed[0] ?? '', (steps[0]?.answer ?? '').replace('Mails given up: 1', 'Mails given up: 2')),
  ).toBe(false);
}, 120_000);

test('jobs prints JSON for a program, and exits with 1 or 2 if it cannot do what is asked', async () => {
  const run = async (words: string, more: Record<string, string> = {}) => {
    const command = `node server/src/main.ts jobs ${words} 2>&1 || echo "ended with $?"`;
    const [out = ''] = await runAll([command], { cwd: root, env: env(more) });
    return out;
  };
  const { waiting, given_up_deliveries } = JSON.parse(await run('--json')) as Report;
  expect(waiting.length).toBeGreaterThan(8);
  expect(given_up_deliveries.count).toBe(0);
  expect(await run('retry mail')).toMatch(/^Usage: npm run <verb>[^]*ended with 2$/);
  expect(await run(`retry mail ${ids.MAIL}`)).toMatch(/was not given up[^\n]*\nended with 1$/);
  const production = { NODE_ENV: 'production', DATABASE_URL: '', BATON_DATA_DIR: '/nowhere' };
  expect(await run('', production)).toBe(
    'In production set WORKER_DATABASE_URL or DATABASE_URL. See docs/operating.md.\nended with 1',
  );
  await server.database.owner.query('alter table set_aside rename to gone');
  const old = await run('');
  await server.database.owner.query('alter table gone rename to set_aside');
  expect(old).toBe('The schema is not up to date. Run npm run migrate first.\nended with 1');
}, 120_000);
