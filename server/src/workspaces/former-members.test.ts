import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson, signInAgain } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { contracts } from '../contracts.ts';
import { disableUser, enableUser } from '../accounts/operator.ts';
import { workerPool } from '../process/worker.ts';
import { cleanupLoop } from './cleanup.ts';
import { pino } from 'pino';

const silent = pino({ level: 'silent' });
let server: TestServer;
let team: Team;
/** The errors that PostgreSQL has returned for the server's statements. */
const failures: string[] = [];

/** The tasks for which the server has given its worker a hint. */
const hints: string[] = [];

beforeAll(async () => {
  server = await startServer({}, { hint: (task) => hints.push(task) });
  server.pool.on('connect', (client) => {
    const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
    connection.on('errorMessage', (error: Error) => failures.push(error.message));
  });
  team = await makeTeam(server);
});
afterAll(() => server.stop());

const look = async <Row>(text: string, ...values: unknown[]) =>
  (await server.database.owner.query(text, values)).rows as Row[];

async function join(role: 'owner' | 'admin' | 'member'): Promise<Person> {
  const person = await registerPerson(server, { name: 'Ada' });
  await joinWorkspace(team.owner, person, team.workspace_id, role);
  return person;
}

const memberOf = ({ user }: Person) => ({ workspace_id: team.workspace_id, user_id: user.id });
const accept = ({ client }: Person, token: string) => client.raw.accept_invitation({ body: { token } });

async function invite(by: Person, guest: Person, role: 'owner' | 'admin' | 'member') {
  const { workspace_id } = team;
  return by.client.create_invitation({ workspace_id, body: { email: guest.email, role } });
}

describe('an invitation', () => {
  const losses: Record<string, [was: 'owner' | 'admin', lose: (inviter: Person) => Promise<unknown>]> = {
    'who was removed': ['admin', (inviter) => team.owner.client.remove_member(memberOf(inviter))],
    'who left': ['admin', (inviter) => inviter.client.remove_member(memberOf(inviter))],
    'who is no longer an admin': [
      'admin',
      (inviter) => team.owner.client.update_member({ if_match: '*', ...memberOf(inviter), body: { role: 'member' } }),
    ],
  };

  test.each(Object.keys(losses))('from an inviter %s is withdrawn, with an audit entry', async (name) => {
    const [was, lose] = losses[name] ?? ['admin', () => Promise.resolve()];
    const [inviter, guest] = [await join(was), await registerPerson(server)];
    const { id, token } = await invite(inviter, guest, 'admin');
    await lose(inviter);
    expect((await accept(guest, token)).status).toBe(404);
    const { workspace_id, owner } = team;
    const { data } = await owner.client.list_invitations({ workspace_id, limit: 100 });
    expect(data.map((one) => one.id)).not.toContain(id);
    const audit = await owner.client.list_audit({ workspace_id, subject: id });
    expect(audit.data[0]).toMatchObject({
      action: 'invitation.revoked',
      before: { email: guest.email, role: 'admin' },
    });
  });

  test('from an owner who becomes an admin stays valid for an admin, but not for an owner', async () => {
    const inviter = await join('owner');
    const [to_owner, to_admin] = [await registerPerson(server), await registerPerson(server)];
    const beyond = await invite(inviter, to_owner, 'owner');
    const within = await invite(inviter, to_admin, 'admin');
    await team.owner.client.update_member({ if_match: '*', ...memberOf(inviter), body: { role: 'admin' } });
    expect((await accept(to_owner, beyond.token)).status).toBe(404);
    expect((await accept(to_admin, within.token)).status).toBe(200);
  });

  test('is invalid once its inviter loses the right, even before the clean-up, and does not block a new one', async () => {
    const [inviter, guest] = [await join('admin'), await registerPerson(server)];
    const { token } = await invite(inviter, guest, 'admin');
    const holder = await server.database.owner.connect();
    await holder.query('begin');
    // This is the state after a process has died between the commit and the clean-up.
    await holder.query(`update memberships set role = 'viewer' where workspace_id = $1 and user_id = $2`, [
      team.workspace_id,
      inviter.user.id,
    ]);
    await holder.query(`insert into membership_cleanups values ($1, $2, $2, 'request-1')`, [
      team.workspace_id,
      inviter.user.id,
    ]);
    await holder.query(`update user_workspaces set role = 'viewer' where user_id = $1`, [inviter.user.id]);
    await holder.query('commit');
    holder.release();
    expect((await accept(guest, token)).status).toBe(404);
    const again = await invite(team.owner, guest, 'member');
    expect(await accept(guest, again.token)).toMatchObject({ status: 200, body: { role: 'member' } });
  });

  test('from a disabled inviter is withdrawn in all their workspaces, and enabling them does not restore it', async () => {
    const [inviter, guest, other] = [await join('admin'), await registerPerson(server), await registerPerson(server)];
    const { database } = server;
    const own = await inviter.client.create_workspace({ body: { name: 'Own' } });
    const offers = [
      { workspace_id: team.workspace_id, ...(await invite(inviter, guest, 'member')) },
      {
        workspace_id: own.id,
        ...(await inviter.client.create_invitation({
          workspace_id: own.id,
          body: { email: guest.email, role: 'owner' },
        })),
      },
    ];
    const kept = await invite(team.owner, other, 'member');
    expect(await disableUser(database.owner, inviter.email)).toBe(true);
    // This is the state after the operator's process has died before it withdrew this one.
    await look(`update invitations set revoked_at = null where id = $1`, offers[1]?.id ?? '');
    expect((await accept(guest, offers[1]?.token ?? '')).status).toBe(404);
    expect(await enableUser(database.owner, inviter.email)).toBe(true);
    const { client } = await signInAgain(server, inviter);
    for (const { workspace_id, id, token, email, role } of offers) {
      expect((await accept(guest, token)).status).toBe(404);
      const [entry] = (await client.list_audit({ workspace_id, subject: id })).data;
      expect(entry).toMatchObject({
        action: 'invitation.revoked',
        actor_id: inviter.user.id,
        request_id: 'operator',
        before: { email, role },
      });
    }
    expect((await accept(other, kept.token)).status).toBe(200);
  });

  test('that was withdrawn with its inviter’s rights is revoked in the log when its address is invited again', async () => {
    const [inviter, guest] = [await registerPerson(server), await registerPerson(server)];
    await joinWorkspace(team.owner, inviter, team.workspace_id, 'admin');
    const { id } = await invite(inviter, guest, 'member');
    const { workspace_id } = team;
    const entries = async () => (await team.owner.client.list_audit({ workspace_id, subject: id })).data;
    // The operator's process has died before it withdrew the invitation.
    await look(`update users set disabled_at = now() where id = $1`, inviter.user.id);
    expect((await entries()).map(({ action }) => action)).toEqual(['invitation.created']);
    const again = await invite(team.owner, guest, 'admin');
    const [revoked] = await entries();
    expect(revoked).toMatchObject({ action: 'invitation.revoked', actor_id: team.owner.user.id });
    expect(revoked?.before).toEqual({ email: guest.email, role: 'member' });
    expect((await accept(guest, again.token)).status).toBe(200);
    expect(await entries()).toHaveLength(2);
  });

  test('that is accepted by somebody who is a member already changes nothing, and returns already_member', async () => {
    const guest = await registerPerson(server);
    const { id, token } = await invite(team.owner, guest, 'member');
    // The person has become a member by another invitation since this one was created.
    await look(`update invitations set email = 'elsewhere@example.com' where id = $1`, id);
    await joinWorkspace(team.owner, guest, team.workspace_id, 'admin');
    await look(`update invitations set email = $2 where id = $1`, id, guest.email);
    expect(await accept(guest, token)).toMatchObject({ status: 409, body: { code: 'already_member' } });
    expect((await guest.client.get_workspace({ workspace_id: team.workspace_id })).role).toBe('admin');
    await look(`update invitations set revoked_at = now() where id = $1`, id);
  });
});

describe('a former member', () => {
  test('who accepts an invitation while they are being removed joins after that, also in the audit log', async () => {
    const { workspace_id, owner } = team;
    const guest = await join('member');
    const { email, user } = guest;
    // They have been invited to an address that is theirs since.
    const elsewhere = `other-${email}`;
    const { id, token } = await owner.client.create_invitation({
      workspace_id,
      body: { email: elsewhere, role: 'admin' },
    });
    await look('update invitations set email = $2 where id = $1', id, email);
    const holder = await server.database.owner.connect();
    let accepted: ReturnType<typeof accept>;
    try {
      await holder.query('begin');
      await holder.query('select 1 from invitations where id = $1 for update', [id]);
      accepted = accept(guest, token);
      const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      await expect.poll(async () => (await server.database.owner.query(waiting)).rowCount).toBeGreaterThan(0);
      await owner.client.remove_member({ workspace_id, user_id: user.id });
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    expect(await accepted).toMatchObject({ status: 200, body: { role: 'admin' } });
    const { rows } = await server.database.owner.query(
      `select action from audit_log where workspace_id = $1 and (subject_id = $2 or subject_id = $3 and action = 'invitation.accepted')
       order by created_at desc limit 2`,
      [workspace_id, user.id, id],
    );
    expect(rows).toEqual([{ action: 'invitation.accepted' }, { action: 'member.removed' }]);
  });

  test('is still listed among the people, without address and role, and gets the same row on return', async () => {
    const { workspace_id, owner, viewer } = team;
    const person = await join('member');
    await owner.client.remove_member(memberOf(person));
    const of = () => viewer.client.list_people({ workspace_id, ids: person.user.id });
    expect((await of()).data).toEqual([
      { user_id: person.user.id, name: 'Ada', role: null, bot: false, former: true, created_at: expect.any(String) },
    ]);
    expect(JSON.stringify(await of())).not.toContain(person.email);
    expect((await owner.client.list_members({ workspace_id })).data.map(({ user_id }) => user_id)).not.toContain(
      person.user.id,
    );
    await joinWorkspace(owner, person, workspace_id, 'viewer');
    expect((await of()).data).toMatchObject([{ user_id: person.user.id, role: 'viewer', former: false }]);
    expect((await look('select 1 from memberships where user_id = $1', person.user.id)).length).toBe(1);
    const seen: string[] = [];
    for await (const { user_id } of viewer.client.pages.list_people({ workspace_id, limit: 3 })) seen.push(user_id);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toContain(person.user.id);
  });

  test('cannot be assigned a ticket, and does not count as an owner of the workspace', async () => {
    const { workspace_id, owner } = team;
    const person = await join('owner');
    await owner.client.remove_member(memberOf(person));
    const { id: ticket } = await makeTicket(team);
    const assigned = await owner.client.raw.set_assignee({
      if_match: '*',
      workspace_id,
      ticket,
      body: { assignee_id: person.user.id },
    });
    expect(assigned).toMatchObject({ status: 422, body: { code: 'assignee_not_member' } });
    expect((await owner.client.raw.remove_member(memberOf(person))).status).toBe(404);
    expect((await owner.client.raw.remove_member(memberOf(owner))).body).toMatchObject({ code: 'last_owner' });
  });

  test('with many tickets loses access at once, and the worker unassigns the tickets', async () => {
    const { workspace_id, project_id, owner } = team;
    const person = await join('member');
    const tickets = 1500;
    await look(
      `with number as (update projects set last_number = last_number + $4 where id = $2 returning last_number - $4 as n),
         made as (insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, assignee_id,
             reporter_id, created_at, updated_at)
           select $1, gen_random_uuid(), $2, n + i, 'Bulk', 'open', 'open', $3, $3, now(), now()
           from number, generate_series(1, $4) i returning id)
       insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, request_id)
       select $1, gen_random_uuid(), $3, 'ticket.created', 'ticket', id, 1, 'seed-0001' from made`,
      workspace_id,
      project_id,
      person.user.id,
      tickets,
    );
    // Somebody else has locked every ticket, so the request can unassign none and leaves them to the worker.
    const holder = await server.database.owner.connect();
    await holder.query('begin');
    await holder.query('select 1 from tickets where assignee_id = $1 for update', [person.user.id]);
    expect(hints).toEqual([]); // the requests before have finished their clean-ups themselves
    await owner.client.remove_member(memberOf(person));
    expect(hints).toEqual(['membership_cleanups']);
    expect((await person.client.raw.get_workspace({ workspace_id })).status).toBe(404);
    await holder.query('rollback');
    holder.release();
    const left = async () =>
      (await look<{ n: number }>('select count(*)::int as n from tickets where assignee_id = $1', person.user.id))[0]
        ?.n;
    expect(await left()).toBe(tickets);
    const worker = workerPool(server.config, { url: server.database.url, max: 2, log: silent });
    const cleanups = cleanupLoop(worker, silent);
    cleanups.start();
    const unfinished = () => look('select 1 from membership_cleanups where user_id = $1', person.user.id);
    await expect.poll(unfinished, { timeout: 25_000 }).toEqual([]);
    await cleanups.stop(10_000);
    await worker.end();
    expect(await left()).toBe(0);
    const entries = await look<{ n: number; by: string }>(
      `select count(*)::int as n, max(actor_id::text) as by from audit_log
       where action = 'ticket.assignee_changed' and before ->> 'assignee_id' = $1`,
      person.user.id,
    );
    expect(entries).toEqual([{ n: tickets, by: owner.user.id }]);
  });
});

describe('a precondition', () => {
  test('on the removal of a member is compared with the version of the membership', async () => {
    const { owner } = team;
    const person = await join('member');
    const stale = await owner.client.raw.remove_member({ ...memberOf(person), if_match: '"7"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'precondition_failed', current_version: 1 } });
    await owner.client.remove_member({ ...memberOf(person), if_match: '"x,y", "1"' });
  });

  test('is never ignored: a write that has no ETag to compare refuses it', async () => {
    const absent = '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90';
    const without = contracts.filter((one) => one.method !== 'get' && !('if_match' in one));
    expect(without.length).toBeGreaterThan(5);
    for (const { method, path } of without) {
      const answer = await fetch(server.url + path.replaceAll(/\{\w+\}/g, absent), {
        method: method.toUpperCase(),
        headers: { authorization: `Bearer ${team.owner.access_token}`, 'if-match': '"7"' },
      });
      // A malformed or missing body may be reported first.
      expect([path, [400, 412, 415, 422].includes(answer.status)]).toEqual([path, true]);
    }
    const body = { name: 'Another' };
    const headers = { authorization: `Bearer ${team.owner.access_token}`, 'content-type': 'application/json' };
    const create = (extra: Record<string, string>) =>
      fetch(`${server.url}/v1/workspaces`, {
        method: 'POST',
        headers: { ...headers, ...extra },
        body: JSON.stringify(body),
      });
    expect((await create({ 'if-match': '"7"' })).status).toBe(412);
    expect((await create({ 'if-none-match': '*' })).status).toBe(412);
    expect((await create({ 'if-match': '*' })).status).toBe(201);
  });
});

test('refused requests cause no failed statements, and so leave nothing in PostgreSQL’s log', async () => {
  const { workspace_id, project_id, owner } = team;
  failures.length = 0;
  const person = await join('member');
  const { id: ticket } = await makeTicket(team);
  await person.client.logout();
  for (const refused of [
    person.client.raw.get_ticket({ workspace_id, ticket }),
    person.client.raw.transition_ticket({ workspace_id, ticket, body: { to: 'in_progress' } }),
    person.client.raw.create_ticket({ workspace_id, project_id, body: { title: 'T' } }),
    person.client.raw.update_me({ if_match: '*', body: { name: 'T' } }),
  ]) {
    expect((await refused).body).toMatchObject({ code: 'session_ended' });
  }
  const { email } = owner;
  const taken = await owner.client.raw.register({ body: { email, password: 'correct horse battery', name: 'A' } });
  expect(taken.status).toBe(409);
  const project = await owner.client.raw.create_project({ workspace_id, body: { key: 'ENG', name: 'E' } });
  expect(project.body).toMatchObject({ code: 'project_key_taken' });
  const guest = await registerPerson(server);
  await invite(owner, guest, 'member');
  const twice = { workspace_id, body: { email: guest.email, role: 'member' } } as const;
  expect((await owner.client.raw.create_invitation(twice)).body).toMatchObject({ code: 'invitation_pending' });
  expect(failures).toEqual([]);
});
