import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notifyPeople, numberEvents } from '../../../proof/harness/events.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { presets } from '../projects/workflow-definition.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
});
beforeEach(async () => {
  team = await makeTeam(server);
});
afterAll(async () => {
  expect(await brokenInvariants(server.database.owner)).toEqual({});
  await server.stop();
});

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const told = (mail_after_s?: number) =>
  notifyPeople(server.database.url, { batch: 1, ...(mail_after_s === undefined ? {} : { mail_after_s }) });

/** Creates a ticket, by the member, that is assigned to the admin and due today. */
async function makeDue() {
  const { member, admin, workspace_id, project_id } = team;
  const body = { title: 'Due', due_on: day(0), assignee_id: admin.user.id };
  const { id, key } = await member.client.create_ticket({ workspace_id, project_id, body });
  return { id, key, at: { workspace_id, ticket: id } };
}

/** Counts the admin's notifications about due tickets. */
async function timesDue() {
  const { data } = await team.admin.client.list_notifications({ workspace_id: team.workspace_id });
  return data.filter(({ kinds }) => kinds.includes('due')).length;
}

/** Stores the worker's progress as if it had read all events so far and last notified of due tickets yesterday. */
async function readSoFar(): Promise<void> {
  await numberEvents(server.database.url);
  await server.database.owner.query(
    `insert into notification_places (workspace_id, due_on, last_sequence)
     select workspace_id, current_date - 1, last_sequence from event_heads where workspace_id = $1`,
    [team.workspace_id],
  );
}

async function finish(at: { workspace_id: string; ticket: string }) {
  const { client } = team.member;
  await client.transition_ticket({ ...at, body: { to: 'in_progress' } });
  await client.transition_ticket({ ...at, body: { to: 'resolved', resolution: 'fixed' } });
}

describe('a member is notified once of a due ticket', () => {
  test('when it is restored, if its day came while it was deleted', async () => {
    const { at } = await makeDue();
    const { client } = team.member;
    await client.delete_ticket(at);
    await told();
    expect(await timesDue()).toBe(0);
    for (let n = 0; n < 2; n++) {
      await client.restore_ticket(at);
      await told();
      expect(await timesDue()).toBe(1);
      await client.delete_ticket(at);
    }
  });

  test('when it is reopened, if its day came while it was done', async () => {
    const { workspace_id, project_id, owner } = team;
    const body = { ...presets.standard, on_stale: 'refuse' as const, version: 1 };
    await owner.client.replace_workflow({ workspace_id, project_id, body });
    const { at } = await makeDue();
    await finish(at);
    await told();
    expect(await timesDue()).toBe(0);
    await owner.client.transition_ticket({ ...at, body: { to: 'in_progress' } });
    await told();
    expect(await timesDue()).toBe(1);
    const { data } = await team.admin.client.list_notifications({ workspace_id });
    expect(data.find(({ kinds }) => kinds.includes('due'))).toMatchObject({ actor_id: null, from_status: null });
    // A transition that doesn't reopen the ticket notifies nobody.
    await owner.client.update_ticket({ ...at, if_match: '*', body: { due_on: day(-3) } });
    await numberEvents(server.database.url);
    await server.database.owner.query(
      'update notification_places p set last_sequence = h.last_sequence from event_heads h where h.workspace_id = p.workspace_id',
    );
    await owner.client.transition_ticket({ ...at, body: { to: 'open' } });
    await told();
    expect(await timesDue()).toBe(1);
  });

  test('when its project is unarchived, if its day came while the project was archived', async () => {
    const { owner, workspace_id, project_id } = team;
    const [, done] = [await makeDue(), await makeDue()];
    await finish(done.at);
    await readSoFar();
    // Nobody is notified of an earlier day, which was notified at the time.
    const before = await makeDue();
    await server.database.owner.query('update tickets set due_on = current_date - 1 where id = $1', [before.id]);
    await numberEvents(server.database.url);
    await owner.client.archive_project({ workspace_id, project_id });
    await told();
    expect(await timesDue()).toBe(0);
    for (let n = 0; n < 2; n++) {
      const { version } = await owner.client.get_project({ workspace_id, project_id });
      await owner.client.update_project({ workspace_id, project_id, body: { archived: false, version } });
      await told();
      expect(await timesDue()).toBe(1);
      await owner.client.archive_project({ workspace_id, project_id });
    }
    await server.database.owner.query('update tickets set due_on = current_date where id = $1', [before.id]);
  });

  test('when its project is unarchived, even if the project has more due tickets than a batch', async () => {
    const { owner, workspace_id, project_id } = team;
    for (let n = 0; n < 7; n++) await makeDue();
    await readSoFar();
    await owner.client.archive_project({ workspace_id, project_id });
    await told();
    expect(await timesDue()).toBe(0);
    await owner.client.update_project({ workspace_id, project_id, if_match: '*', body: { archived: false } });
    await notifyPeople(server.database.url, { batch: 3 });
    expect(await timesDue()).toBe(7);
    const { rows } = await server.database.owner.query(
      `select again_on, p.last_sequence = h.last_sequence as is_done from notification_places p
       join event_heads h using (workspace_id) where workspace_id = $1`,
      [workspace_id],
    );
    expect(rows).toEqual([{ again_on: null, is_done: true }]);
  });

  test('whose day they set themselves in advance, if the worker reads that event only on the day', async () => {
    const { admin, workspace_id, project_id } = team;
    await readSoFar();
    const body = { title: 'Due', due_on: day(0), assignee_id: admin.user.id };
    await admin.client.create_ticket({ workspace_id, project_id, body });
    await numberEvents(server.database.url);
    const shift = (by: string) =>
      server.database.owner.query(
        `update events set created_at = created_at + $2::interval where workspace_id = $1 and action = 'ticket.created'`,
        [workspace_id, by],
      );
    await shift('-1 day');
    await told();
    expect(await timesDue()).toBe(1);
    await shift('1 day');
  });

  test('and again after they have left and come back', async () => {
    const { at } = await makeDue();
    const { owner, admin, workspace_id } = team;
    await told();
    expect(await timesDue()).toBe(1);
    await owner.client.remove_member({ workspace_id, user_id: admin.user.id });
    await joinWorkspace(owner, admin, workspace_id, 'admin');
    await owner.client.set_assignee({ ...at, if_match: '*', body: { assignee_id: admin.user.id } });
    expect(await timesDue()).toBe(0);
    for (const due_on of [day(1), day(0)]) await owner.client.update_ticket({ ...at, if_match: '*', body: { due_on } });
    await told();
    expect(await timesDue()).toBe(1);
  });
});

test('a mailed notification is mailed again only for a new reason', async () => {
  const { id, at } = await makeDue();
  const { owner, admin } = team;
  const toMail = async () => {
    const found = `select kinds, to_mail from notifications where ticket_id = $1 and user_id = $2 order by kinds`;
    return (await server.database.owner.query(found, [id, admin.user.id])).rows as unknown[];
  };
  const mailed = () =>
    server.database.owner.query('update notifications set to_mail = false where ticket_id = $1', [id]);
  await told(0);
  expect(await toMail()).toMatchObject([{ kinds: ['assigned'] }, { kinds: ['due'], to_mail: true }]);
  await mailed();
  for (const due_on of [day(1), day(0)]) await owner.client.update_ticket({ ...at, if_match: '*', body: { due_on } });
  await told(0);
  expect(await toMail()).toMatchObject([{ to_mail: false }, { kinds: ['due'], to_mail: false }]);
  // The worker reads event by event: the transition isn't mailed, but the mention that comes with it is.
  const body = { to: 'in_progress', comment: `@${admin.user.id}` };
  await owner.client.transition_ticket({ ...at, body });
  await told(0);
  expect(await toMail()).toMatchObject([
    { to_mail: false },
    { kinds: ['commented', 'mentioned', 'moved'], to_mail: true },
    { to_mail: false },
  ]);
  await server.database.owner.query('update notifications set to_mail = false');
});
