import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterUrl } from '../../../proof/harness/database.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { rankOfNumber } from '../tickets/rank.ts';
import { migrate, migrations_dir } from './migrate.ts';

const first = '0001_initial.sql';
const sealed = '0014_sealed_arguments.sql';
const stopped = '0033_stopped_webhooks.sql';
const id = (n: number) => `01a220a9-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [ada, bob, cy, eve] = [id(1), id(2), id(3), id(4)];
const [workspace, project] = [id(10), id(11)];
const [labelled, resolved, deleted, whole] = [id(21), id(22), id(23), id(24)];
const [commented, transition_comment] = [id(31), id(32)];
const [recorded, unrecorded] = [id(45), id(46)];
const decomposed = 'cafe\u0301';
const composed = 'caf\u00e9';
const long = `${'\u20ac"\\\t\n'.repeat(700)}end`;
const at = (minute: number) => `2026-11-01T10:${String(minute).padStart(2, '0')}:00Z`;

/** `owner` owns the tables, as `baton_owner` of docs/operating.md does; `admin` and `rows` are superusers. */
let admin: pg.Client;
let rows: pg.Client;
let owner: string;
let name: string;
let dir: string;

function ownersUrl(): string {
  const url = new URL(clusterUrl(name));
  [url.username, url.password] = [owner, 'x'];
  return url.href;
}

async function insert(table: string, ...values: Record<string, unknown>[]): Promise<void> {
  for (const row of values) {
    await rows.query(`insert into ${table} select * from jsonb_populate_record(null::${table}, $1)`, [
      JSON.stringify({ created_at: at(0), updated_at: at(0), workspace_id: workspace, ...row }),
    ]);
  }
}

let entries = 0;
async function audit(action: string, subject_id: string, more: object): Promise<void> {
  const subject_type = action.slice(0, action.indexOf('.'));
  const entry = {
    id: id(100 + ++entries),
    actor_id: ada,
    action,
    subject_type,
    subject_id,
    request_id: 'seed-of-the-past',
  };
  await insert('audit_log', { ...entry, ...more });
}

/** Inserts what version 0.1.0 wrote, including everything that later versions write in another way. */
async function fill(): Promise<void> {
  const step = { from: 'open', to: 'closed', roles: ['owner'], requires: [] };
  const definition = {
    initial: ['open'],
    statuses: [
      { key: 'open', name: 'Open', category: 'todo' },
      { key: 'closed', name: 'Closed', category: 'done' },
    ],
    transitions: [step],
  };
  for (const [user, email] of Object.entries({ [ada]: 'ada', [bob]: 'bob', [cy]: 'cy', [eve]: 'eve' })) {
    await insert('users', { id: user, email: `${email}@example.com`, name: email, version: 1 });
  }
  await insert('workspaces', { id: workspace, name: 'Old', created_by: ada, version: 1 });
  for (const [user_id, role] of Object.entries({ [ada]: 'owner', [cy]: 'member' })) {
    await insert('memberships', { user_id, role, version: 1 });
    await insert('user_workspaces', { user_id, role });
  }
  await audit('member.role_changed', cy, { before: { role: 'admin' }, after: { role: 'member' }, created_at: at(8) });
  await audit('member.left', bob, { actor_id: bob, before: { role: 'viewer' }, created_at: at(1) });
  await audit('member.removed', bob, { before: { role: 'admin' }, created_at: at(9) });
  await audit('member.left', eve, { actor_id: eve, before: { role: 'member' }, created_at: at(9) });
  for (const invited_by of [ada, bob, cy]) {
    const invitation = { id: id(40 + Number(invited_by.at(-1))), email: `${invited_by}@example.com`, role: 'admin' };
    await insert('invitations', { ...invitation, token_hash: '\\x00', invited_by, expires_at: at(50) });
  }
  for (const invitation of [recorded, unrecorded]) {
    const offer = { email: `${invitation}@example.com`, role: 'member' };
    const ended = { invited_by: ada, expires_at: at(50), revoked_at: at(7) };
    await insert('invitations', { ...offer, ...ended, id: invitation, token_hash: '\\x00' });
  }
  await audit('invitation.revoked', recorded, { before: { role: 'member' }, created_at: at(7) });

  const fields = { id: project, key: 'OLD', name: 'Old', workflow_version: 2, last_number: 4, version: 2 };
  await insert('projects', { ...fields, created_by: ada });
  await insert(
    'workflows',
    { project_id: project, version: 1, definition: { ...definition, resolutions: ['fixed', 'gone'] }, created_by: ada },
    { project_id: project, version: 2, definition: { ...definition, resolutions: ['fixed'] }, created_by: cy },
  );
  await insert('project_statuses', { project_id: project, status: 'open' }, { project_id: project, status: 'closed' });
  const ticket = {
    project_id: project,
    description: '',
    initial_status: 'open',
    status: 'open',
    status_sequence: 0,
    priority: 'none',
    labels: [],
    reporter_id: ada,
    version: 2,
    updated_at: at(5),
  };
  await insert(
    'tickets',
    { ...ticket, id: labelled, number: 1, title: 'Tab\there', labels: [composed, decomposed, 'a\n\tb', '\u0001'] },
    { ...ticket, id: resolved, number: 2, title: 'Two', status: 'closed', status_sequence: 1, resolution: 'gone' },
    { ...ticket, id: deleted, number: 3, title: 'Three', labels: [decomposed], deleted_at: at(5) },
    { ...ticket, id: whole, number: 4, title: 'Four', version: 1, updated_at: at(0) },
  );
  for (const subject_id of [labelled, resolved, deleted]) {
    await audit('ticket.created', subject_id, { subject_version: 1, after: { title: 'Said then' } });
  }
  // Since 0.2.0 every entry is like this: it has each column of its time, so the ticket can be rebuilt from it.
  const { initial_status: _, status_sequence: __, version: ___, updated_at: ____, ...begun } = ticket;
  const after = { ...begun, key: 'OLD-4', number: 4, title: 'Four', assignee_id: null, due_on: null };
  await audit('ticket.created', whole, { subject_version: 1, after });
  const second = { subject_version: 2, created_at: at(5) };
  await audit('ticket.updated', labelled, { ...second, before: { description: long }, after: { description: '' } });
  const closed = { status: 'closed', resolution: 'gone', comment_id: transition_comment };
  await audit('ticket.transitioned', resolved, { ...second, before: { status: 'open' }, after: closed });
  await audit('ticket.deleted', deleted, { ...second, before: { deleted_at: null }, after: { deleted_at: at(5) } });
  await insert(
    'comments',
    { ticket_id: deleted, id: commented, author_id: bob, body: `Said\tby bob ${decomposed}` },
    { ticket_id: resolved, id: transition_comment, author_id: ada, body: 'Done.', created_at: at(5) },
  );
  await audit('comment.created', commented, { actor_id: bob, after: { ticket_id: deleted } });
  await insert('status_history', {
    ticket_id: resolved,
    sequence: 1,
    id: id(51),
    project_id: project,
    workflow_version: 1,
    from_status: 'open',
    to_status: 'closed',
    resolution: 'gone',
    comment_id: transition_comment,
    actor_id: ada,
    created_at: at(5),
  });
}

/** Inserts outcomes as they were kept before the hash of the arguments was sealed. */
async function fillOutcomes(): Promise<void> {
  await rows.query(`
    insert into outcomes (user_id, key_hash, target, arguments_hash, status, headers, forgotten)
    select '${ada}', sha256('key'), target, sha256('arguments'), status, headers, forgotten from (values
      ('', null, null::jsonb, false),
      ('POST /kept', 201, '{"ETag":"tag","Location":"/there"}', false),
      ('POST /purged', 201, '{"ETag":"tag","Location":"/there"}', true)) as o (target, status, headers, forgotten)`);
}

/** Inserts settings from before there was one more kind of notification: one member gets some mail, another none. */
async function fillSettings(): Promise<void> {
  await rows.query(`
    insert into notification_settings (workspace_id, user_id, mail) values
      ('${workspace}', '${ada}', '{mentioned,moved}'), ('${workspace}', '${cy}', '{}')`);
}

let cut: unknown;
let applied: string[];

beforeAll(async () => {
  admin = new pg.Client({ connectionString: clusterUrl('postgres') });
  await admin.connect();
  const suffix = randomBytes(6).toString('hex');
  [name, owner] = [`baton_upgrade_${suffix}`, `baton_upgrade_owner_${suffix}`];
  await admin.query(`create role ${owner} login password 'x'`);
  await admin.query(`create database ${name} owner ${owner}`);
  await admin.query(`alter role ${owner} set statement_timeout = '7s'`);
  dir = mkdtempSync(path.join(os.tmpdir(), 'baton-upgrade-'));
  cpSync(path.join(migrations_dir, first), path.join(dir, first));
  await migrate({ url: ownersUrl(), dir });
  rows = new pg.Client({ connectionString: clusterUrl(name) });
  await rows.connect();
  await fill();
  for (const file of readdirSync(migrations_dir).filter((one) => one < sealed)) {
    cpSync(path.join(migrations_dir, file), path.join(dir, file));
  }
  await migrate({ url: ownersUrl(), dir });
  await fillOutcomes();
  for (const file of readdirSync(migrations_dir).filter((one) => one < stopped)) {
    cpSync(path.join(migrations_dir, file), path.join(dir, file));
  }
  await migrate({ url: ownersUrl(), dir });
  await fillSettings();
  cpSync(migrations_dir, dir, { recursive: true });
  const seen = `create table seen as select current_setting('statement_timeout') as patience;`;
  writeFileSync(path.join(dir, '9999_seen.sql'), `-- Up Migration\n${seen}\n`);
  // The connection of the last migration but one is lost after its last statement.
  const last = readdirSync(migrations_dir).at(-1) ?? '';
  appendFileSync(path.join(dir, last), '\nselect pg_terminate_backend(pg_backend_pid());\n');
  cut = await migrate({ url: ownersUrl(), dir }).catch((error: unknown) => error);
  cpSync(path.join(migrations_dir, last), path.join(dir, last));
  applied = await migrate({ url: ownersUrl(), dir });
});
afterAll(async () => {
  await rows.end();
  await admin.query(`drop database ${name} with (force)`);
  await admin.query(`drop role ${owner}`);
  await admin.end();
  rmSync(dir, { recursive: true });
});

async function all(statement: string, ...values: unknown[]): Promise<unknown[]> {
  return (await rows.query(statement, values)).rows;
}

describe('a database of version 0.1.0, migrated by an owner whom row-level security binds,', () => {
  test('gets the later migrations in order, however long they take, and resumes after one that was cut short', async () => {
    const files = readdirSync(dir).map((file) => file.replace('.sql', ''));
    expect(cut).toMatchObject({ name: 'MigrationFailedError', cause: { code: '57P01' } });
    expect(applied).toEqual(files.slice(-2));
    expect(await all('select name from pgmigrations order by id')).toEqual(files.map((file) => ({ name: file })));
    expect(await all('select patience from seen')).toEqual([{ patience: '0' }]);
  });

  test('satisfies the invariants, and row-level security binds its owner again', async () => {
    expect(await brokenInvariants(rows)).toEqual({});
    // Tables of the system have nobody's data: there the owner's functions write what the worker may not.
    const unbound = `select relname from pg_class where relrowsecurity and not relforcerowsecurity
      and obj_description(oid, 'pg_class') is distinct from 'system'`;
    expect(await all(unbound)).toEqual([]);
  });

  test('shows no workspace to a process of 0.1.0 that was left running', async () => {
    const count = async (setting: string) => {
      await rows.query(`begin; set local role baton_app; set local ${setting} = '${workspace}'`);
      const counted = await all('select count(*)::integer as n from tickets');
      await rows.query('rollback');
      return counted;
    };
    expect(await count('app.workspace_id')).toEqual([{ n: 0 }]);
    expect(await count('app.workspace')).toEqual([{ n: 4 }]);
  });

  test('has each label once, composed and in one line, in the tickets and in the table that lists read', async () => {
    expect(await all('select number, labels from tickets where labels <> $1 order by number', [])).toEqual([
      { number: 1, labels: ['a b', composed] },
      { number: 3, labels: [composed] },
    ]);
    expect(await all('select ticket_id, label from ticket_labels order by ticket_id, label')).toEqual([
      { ticket_id: labelled, label: 'a b' },
      { ticket_id: labelled, label: composed },
      { ticket_id: deleted, label: composed },
    ]);
  });

  test('orders tickets by number, the newest first, and finds them by their words and keys', async () => {
    expect(await all('select number, rank, placed_rank from tickets order by rank')).toEqual(
      [4, 3, 2, 1].map((number) => ({ number, rank: rankOfNumber(number), placed_rank: null })),
    );
    expect(
      await all('select ticket_id, word from ticket_words where ticket_id <> all ($1) order by 2', [whole, deleted]),
    ).toEqual([
      { ticket_id: labelled, word: 'here' },
      { ticket_id: labelled, word: 'old-1' },
      { ticket_id: resolved, word: 'old-2' },
      { ticket_id: labelled, word: 'tab' },
      { ticket_id: resolved, word: 'two' },
    ]);
    expect(await all('select status, category from project_statuses order by status')).toEqual([
      { status: 'closed', category: 'done' },
      { status: 'open', category: 'todo' },
    ]);
  });

  test('has every long description that was replaced, and its size and hash in the audit log', async () => {
    expect(await all('select ticket_id, version, description from ticket_texts')).toEqual([
      { ticket_id: labelled, version: 2, description: long },
    ]);
    const sha256 = createHash('sha256').update(long).digest('hex');
    const short = { bytes: Buffer.byteLength(long), sha256, start: long.slice(0, 200) };
    const entry = `select before, after from audit_log where subject_id = $1 and subject_version = 2`;
    expect(await all(entry, labelled)).toEqual([{ before: { description: short }, after: { description: '' } }]);
  });

  test('has no resolutions that a replaced workflow left behind, and an audit entry for each removal', async () => {
    expect(await all('select resolution, version from tickets where id = $1', resolved)).toEqual([
      { resolution: null, version: 3 },
    ]);
    const entry = `select actor_id, action, before from audit_log where subject_id = $1 and subject_version = 3`;
    expect(await all(entry, resolved)).toEqual([
      { actor_id: cy, action: 'ticket.remapped', before: { resolution: 'gone' } },
    ]);
  });

  test('has the former members, and cleanups for those who are no longer admins', async () => {
    const members = 'select user_id, role, removed_at from memberships where removed_at is not null order by 1';
    expect(await all(members)).toEqual([
      { user_id: bob, role: 'admin', removed_at: new Date(at(9)) },
      { user_id: eve, role: 'member', removed_at: new Date(at(9)) },
    ]);
    expect(await all('select user_id, actor_id from membership_cleanups order by 1')).toEqual([
      { user_id: bob, actor_id: ada },
      { user_id: cy, actor_id: ada },
    ]);
  });

  test('marks the invitations that were revoked without an entry', async () => {
    expect(await all('select id from invitations where unrecorded')).toEqual([{ id: unrecorded }]);
  });

  test('has no unsealed hash of the arguments under a key, or of a response that was forgotten', async () => {
    expect(await all('select target, arguments_hash, headers from outcomes order by target')).toEqual([
      { target: '', arguments_hash: null, headers: null },
      { target: 'POST /kept', arguments_hash: null, headers: { ETag: 'tag', Location: '/there' } },
      { target: 'POST /purged', arguments_hash: null, headers: { Location: '/there' } },
    ]);
  });

  test('has a distinct salt for each entry, and leaves the tree to the worker', async () => {
    const [counted] = (await all('select count(*)::int as n, count(distinct salt)::int as salts from events')) as {
      n: number;
      salts: number;
    }[];
    expect(counted?.salts).toBe(counted?.n);
    expect(await all('select tree_size::int from event_heads')).toEqual([{ tree_size: 0 }]);
  });

  test('has authors of comments as watchers, unless they have left, and notifies nobody of earlier events', async () => {
    expect(await all('select ticket_id, user_id, reason from watchers')).toEqual([
      { ticket_id: resolved, user_id: ada, reason: 'commented' },
    ]);
    const behind =
      'select h.last_sequence - p.last_sequence as n from event_heads h join notification_places p using (workspace_id)';
    expect(await all(behind)).toEqual([{ n: '0' }]);
  });

  test('mails about stopped webhooks to members who have not turned off all mail', async () => {
    expect(await all('select user_id, mail from notification_settings order by user_id')).toEqual([
      { user_id: ada, mail: ['mentioned', 'moved', 'webhook_stopped'] },
      { user_id: cy, mail: [] },
    ]);
  });

  test('finds the entries of comments by their ticket, and keeps the comments unchanged', async () => {
    const found = 'select subject_id from audit_log where workspace_id = $1 and ticket_id = $2';
    expect(await all(found, workspace, deleted)).toEqual([{ subject_id: commented }]);
    expect(await all('select body, version, deleted_at from comments order by id')).toEqual([
      { body: `Said\tby bob ${decomposed}`, version: 1, deleted_at: null },
      { body: 'Done.', version: 1, deleted_at: null },
    ]);
  });
});
