import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyToWrite, type Caller, type Writer } from '../access/authorize.ts';
import jwt from 'jsonwebtoken';
import { sql } from '../db/sql.ts';
import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import type { Person } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { create_ticket } from './contract.ts';
import type { Context } from '../serving/context.ts';
import { createTicket } from './create.ts';
import { holdAssignee, openTicket, requireTicket, requireTicketId } from './access.ts';

let server: TestServer;
let team: Team;
let ticket: Awaited<ReturnType<typeof makeTicket>>;

const writers = ['owner', 'admin', 'member'] as const;

beforeAll(async () => {
  server = await startServer({ BATON_LOCK_TIMEOUT_MS: '100' });
  team = await makeTeam(server);
  ticket = await makeTicket(team);
});
afterAll(() => server.stop());

function callerOf({ user, access_token }: Person): Caller {
  const { sid } = jwt.decode(access_token) as { sid: string };
  return { user_id: user.id, session_id: sid, token: null, request_id: 'r' };
}

function asPerson<T>(person: Person, body: (tx: Tx, writer: Writer) => Promise<T>): Promise<T> {
  const { workspace_id } = team;
  const caller = callerOf(person);
  const scope = { workspace_id, user_id: caller.user_id };
  return transaction(server.pool, scope, (tx) =>
    body(tx, applyToWrite(tx, caller, [writers, 'tickets:write'], workspace_id)),
  );
}

const open = (ref: string, opening?: Parameters<typeof openTicket>[3], person = team.member) =>
  asPerson(person, (tx, writer) => openTicket(tx, writer, ref, opening));
const not_found = { code: 'not_found' };

test('a ticket is found by id and by key, unless it is deleted, absent or in another workspace', async () => {
  const { workspace_id } = team;
  const deleted = await makeTicket(team);
  await team.member.client.delete_ticket({ workspace_id, ticket: deleted.id });
  const read = <T>(body: Parameters<typeof readOnly<T>>[2], scope = workspace_id) =>
    readOnly(server.pool, { workspace_id: scope, user_id: team.owner.user.id }, body);
  for (const ref of [ticket.id, ticket.key]) {
    expect(await read((db) => requireTicket(db, workspace_id, ref))).toMatchObject({
      id: ticket.id,
      title: 'A ticket',
    });
    expect(await read((db) => requireTicketId(db, workspace_id, ref))).toBe(ticket.id);
  }
  for (const ref of [deleted.id, deleted.key, newId(), 'ENG-999']) {
    await expect(read((db) => requireTicket(db, workspace_id, ref))).rejects.toMatchObject(not_found);
    await expect(read((db) => requireTicketId(db, workspace_id, ref))).rejects.toMatchObject(not_found);
  }
  const { id: other } = await team.owner.client.create_workspace({ body: { name: 'Other' } });
  await expect(read((db) => requireTicket(db, other, ticket.id), other)).rejects.toMatchObject(not_found);
  await expect(read((db) => requireTicketId(db, other, ticket.id), other)).rejects.toMatchObject(not_found);
});

test('a member who becomes a viewer during a write gets forbidden, not not_found', async () => {
  const { workspace_id, project_id, member } = team;
  const setRole = (role: string) =>
    server.database.owner.query('update memberships set role = $3 where workspace_id = $1 and user_id = $2', [
      workspace_id,
      member.user.id,
      role,
    ]);
  const doors = [
    (tx: Tx, writer: Writer) => openTicket(tx, writer, ticket.id),
    (tx: Tx, writer: Writer) => {
      const asked = { params: { workspace_id, project_id }, body: create_ticket.body.parse({ title: 'Late' }) };
      const context = { ...asked, tx, writer } as Context<typeof create_ticket>;
      return createTicket(context, { max_tickets_per_project: 10 });
    },
  ];
  for (const door of doors) {
    const late = asPerson(member, async (tx, writer) => {
      await tx.rows(sql`select 1`); // the transaction has begun
      await setRole('viewer');
      return door(tx, writer);
    });
    await expect(late).rejects.toMatchObject({ code: 'forbidden', data: { role: 'viewer' } });
    await setRole('member');
  }
});

test('the door opens a ticket for a member who may write, and returns them as the actor', async () => {
  const opened = await open(ticket.key, { assignee_id: team.viewer.user.id });
  expect(opened.actor).toMatchObject({ user_id: team.member.user.id, role: 'member' });
  expect(opened.ticket).toMatchObject({ id: ticket.id, version: 1 });
  await expect(open(ticket.id, {}, team.viewer)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(open(ticket.id, {}, team.stranger)).rejects.toMatchObject(not_found);
  await expect(open(newId())).rejects.toMatchObject(not_found);
});

test('a deleted ticket is opened only if the caller asks for deleted tickets', async () => {
  const { id } = await makeTicket(team);
  await team.member.client.delete_ticket({ workspace_id: team.workspace_id, ticket: id });
  await expect(open(id)).rejects.toMatchObject(not_found);
  await expect(open(id, { deleted: false })).rejects.toMatchObject(not_found);
  expect((await open(id, { deleted: true })).ticket.id).toBe(id);
});

test('a ticket of an archived project cannot be opened for a write', async () => {
  const { workspace_id, owner } = team;
  const body = { key: 'OLD', name: 'Old' };
  const { id: project_id } = await owner.client.create_project({ workspace_id, body });
  const { id } = await owner.client.create_ticket({ workspace_id, project_id, body: { title: 'Old' } });
  await owner.client.archive_project({ workspace_id, project_id });
  await expect(open(id)).rejects.toMatchObject({ code: 'project_archived' });
});

test('a ticket can be assigned only to a member or to nobody', async () => {
  const may = (user_id: string | null | undefined) =>
    asPerson(team.member, (tx, writer) => holdAssignee(tx, writer, user_id));
  expect(await Promise.all([null, undefined, team.viewer.user.id].map(may))).toEqual([true, true, true]);
  expect(await may(team.stranger.user.id)).toBe(false);
  await expect(open(ticket.id, { assignee_id: team.stranger.user.id })).rejects.toMatchObject({
    code: 'assignee_not_member',
  });
});

test('a ticket opened for a change is locked against other changes, not against comments, until the commit', async () => {
  await asPerson(team.member, async (tx, writer) => {
    await openTicket(tx, writer, ticket.id);
    await expect(open(ticket.id)).rejects.toMatchObject({ code: 'overloaded' });
    expect((await open(ticket.id, { hold: 'comment' })).ticket.id).toBe(ticket.id);
    await expect(open(ticket.id, { hold: 'delete' })).rejects.toMatchObject({ code: 'overloaded' });
  });
  expect((await open(ticket.id)).ticket.id).toBe(ticket.id);
});
