import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BatonClient, RawResponse } from '../../../sdk/index.ts';
import { contracts } from '../../src/contracts.ts';
import { presets } from '../../src/projects/workflow-definition.ts';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { makeAttachment } from '../../../proof/harness/attachments.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

// Errors that many operations share, tested for each that declares them. `npm test` reports declared errors that no
// test got.

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

/** The operations that declare this error themselves. */
function declaring(code: string): string[] {
  return contracts.flatMap(({ id, ...operation }) => {
    const { errors = [] } = operation as { errors?: readonly string[] };
    return errors.includes(code) ? [id] : [];
  });
}

type Raw = BatonClient['raw'];
type Calls = Record<string, (raw: Raw) => Promise<RawResponse>>;

async function expectOfAll(calls: Calls, refused: { status: number; code: string }): Promise<void> {
  expect(Object.keys(calls).sort()).toEqual(declaring(refused.code).sort());
  for (const [operation, call] of Object.entries(calls)) {
    const { status, body } = await call(team.owner.client.raw);
    expect([operation, status, (body as { code?: string } | undefined)?.code]).toEqual([
      operation,
      refused.status,
      refused.code,
    ]);
  }
}

/** Creates a project with a ticket, a deleted one, a comment and an attachment; and a bot, a webhook and a view. */
async function makeProject(key: string) {
  const { workspace_id, owner } = team;
  const { id: project_id } = await owner.client.create_project({ workspace_id, body: { key, name: key } });
  const create = () => owner.client.create_ticket({ workspace_id, project_id, body: { title: 'T' } });
  const [{ id: ticket }, { id: deleted }] = [await create(), await create()];
  await owner.client.delete_ticket({ workspace_id, ticket: deleted });
  const at = { workspace_id, ticket };
  const { id: comment_id } = await owner.client.create_comment({ ...at, body: { body: 'c' } });
  const { attachment_id } = await makeAttachment(owner, at);
  const { id: bot_id } = await owner.client.create_bot({ workspace_id, body: { name: key } });
  const bot = { workspace_id, bot_id };
  const url = 'https://receiver.invalid/';
  const { id: webhook_id } = await owner.client.create_webhook({ workspace_id, body: { url } });
  const webhook = { workspace_id, webhook_id };
  const { id: view_id } = await owner.client.create_view({ workspace_id, body: { name: key } });
  return {
    workspace_id,
    project: { workspace_id, project_id },
    at,
    deleted,
    place: { ...at, comment_id },
    attachment: { ...at, attachment_id },
    bot,
    webhook,
    view: { workspace_id, view_id },
  };
}

test('readiness says that a server is waiting for its schema, or stopping', async () => {
  const { database } = server;
  const codes: unknown[] = [];
  for (const lifecycle of [{ stopping: false, waits_for: 'The schema is missing.' }, { stopping: true }]) {
    const one = await startServer({ LOG_LEVEL: 'silent' }, { database, lifecycle });
    const { status, body } = await conformingClient(one.url).raw.get_readyz();
    codes.push([status, (body as { code: string }).code]);
    await one.stop();
  }
  expect(codes).toEqual([
    [503, 'database_unavailable'],
    [503, 'shutting_down'],
  ]);
});

test('a mapping of more than 10,000 tickets is refused with their number', async () => {
  const { project } = await makeProject('MANY');
  const { workspace_id, project_id } = project;
  const more = 10_001;
  await server.database.owner.query(
    `with made as (insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, reporter_id,
         created_at, updated_at)
       select $1, gen_random_uuid(), $2, n + 2, 'Many', 'open', 'open', $3, now(), now() from generate_series(1, $4::int) n
       returning id),
     counted as (update projects set last_number = last_number + $4 where id = $2)
     insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, request_id)
     select $1, gen_random_uuid(), $3, 'ticket.created', 'ticket', id, 1, 'seed-0001' from made`,
    [workspace_id, project_id, team.owner.user.id, more],
  );
  const { statuses, transitions, ...workflow } = presets.strict;
  const stays = (key: string) => key !== 'open';
  const { status, body } = await team.owner.client.raw.replace_workflow({
    if_match: '*',
    ...project,
    body: {
      ...workflow,
      initial: ['in_progress'],
      statuses: statuses.filter(({ key }) => stays(key)),
      transitions: transitions.filter(({ from, to }) => stays(from) && stays(to)),
      mapping: { statuses: { open: 'in_progress' } },
    },
  });
  expect([status, body]).toEqual([
    409,
    expect.objectContaining({ code: 'mapping_too_large', tickets: more + 2, max_tickets: 10_000 }),
  ]);
});

describe('every operation that declares the error', () => {
  test('refuses an invalid cursor', async () => {
    const { workspace_id, project, place, webhook } = await makeProject('LIST');
    const ids = {
      workspace_id,
      project_id: project.project_id,
      ticket: place.ticket,
      comment_id: place.comment_id,
      key: 'a-key',
      webhook_id: webhook.webhook_id,
    };
    const calls = Object.fromEntries(
      declaring('invalid_cursor').map((id) => {
        const { path } = contracts.find((contract) => contract.id === id) ?? { path: '' };
        const needed = Object.entries(ids).filter(([name]) => path.includes(`{${name}}`));
        const input = { ...Object.fromEntries(needed), cursor: 'nonsense' };
        return [id, (raw: Raw) => (raw[id as 'list_audit'] as (given: object) => Promise<RawResponse>)(input)];
      }),
    );
    await expectOfAll(calls, { status: 400, code: 'invalid_cursor' });
  });

  test('refuses to write in an archived project', async () => {
    const { workspace_id, project, at, deleted, place, attachment } = await makeProject('ARCHIVED');
    await team.owner.client.archive_project(project);
    const calls: Calls = {
      replace_workflow: (raw) => raw.replace_workflow({ if_match: '*', ...project, body: presets.strict }),
      create_ticket: (raw) => raw.create_ticket({ ...project, body: { title: 'T' } }),
      update_ticket: (raw) => raw.update_ticket({ ...at, body: { title: 'U', version: 1 } }),
      delete_ticket: (raw) => raw.delete_ticket(at),
      restore_ticket: (raw) => raw.restore_ticket({ workspace_id, ticket: deleted }),
      set_assignee: (raw) => raw.set_assignee({ if_match: '*', ...at, body: { assignee_id: null } }),
      place_ticket: (raw) => raw.place_ticket({ ...at, body: { at: 'top' } }),
      transition_ticket: (raw) => raw.transition_ticket({ ...at, body: { to: 'in_progress' } }),
      create_comment: (raw) => raw.create_comment({ ...at, body: { body: 'c' } }),
      update_comment: (raw) => raw.update_comment({ ...place, body: { body: 'd', version: 1 } }),
      delete_comment: (raw) => raw.delete_comment(place),
      add_reaction: (raw) => raw.add_reaction({ ...place, emoji: '👍' }),
      remove_reaction: (raw) => raw.remove_reaction({ ...place, emoji: '👍' }),
      add_attachment: (raw) => raw.add_attachment({ ...at, name: 'a.txt', body: new Blob(['Bytes']) }),
      remove_attachment: (raw) => raw.remove_attachment(attachment),
    };
    await expectOfAll(calls, { status: 409, code: 'project_archived' });
  });

  test('refuses a write that is based on another version', async () => {
    const { workspace_id, project, at, place, bot, webhook, view } = await makeProject('STALE');
    const { id: comment_id } = await team.owner.client.create_comment({ ...at, body: { body: 'To be deleted' } });
    await team.owner.client.delete_comment({ ...at, comment_id });
    const version = 9;
    const user_id = team.viewer.user.id;
    const calls: Calls = {
      update_me: (raw) => raw.update_me({ body: { name: 'N', version } }),
      update_member: (raw) => raw.update_member({ workspace_id, user_id, body: { role: 'member', version } }),
      update_bot: (raw) => raw.update_bot({ ...bot, body: { name: 'N', version } }),
      update_webhook: (raw) => raw.update_webhook({ ...webhook, body: { description: 'N', version } }),
      update_view: (raw) => raw.update_view({ ...view, body: { name: 'N', version } }),
      restore_view: (raw) => raw.restore_view(view), // it is not deleted
      update_preferences: (raw) => raw.update_preferences({ body: { theme: 'dark', version } }),
      update_notification_settings: (raw) =>
        raw.update_notification_settings({ workspace_id, body: { kinds: { due: false }, version } }),
      update_workspace: (raw) => raw.update_workspace({ workspace_id, body: { name: 'N', version } }),
      update_project: (raw) => raw.update_project({ ...project, body: { name: 'N', version } }),
      replace_workflow: (raw) => raw.replace_workflow({ ...project, body: { ...presets.strict, version } }),
      update_ticket: (raw) => raw.update_ticket({ ...at, body: { title: 'U', version } }),
      restore_ticket: (raw) => raw.restore_ticket(at), // it is not deleted
      set_assignee: (raw) => raw.set_assignee({ ...at, body: { assignee_id: null, version } }),
      transition_ticket: (raw) => raw.transition_ticket({ ...at, body: { to: 'in_progress', version } }),
      update_comment: (raw) => raw.update_comment({ ...place, body: { body: 'd', version } }),
      add_reaction: (raw) => raw.add_reaction({ ...at, comment_id, emoji: '👍' }), // it is deleted
    };
    await expectOfAll(calls, { status: 409, code: 'conflict' });
  });

  test('refuses a write without the version that it is based on, and changes nothing', async () => {
    const { workspace_id, project, at, place, bot, webhook, view } = await makeProject('BLIND');
    const user_id = team.viewer.user.id;
    const reads: ((raw: Raw) => Promise<RawResponse>)[] = [
      (raw) => raw.get_me(),
      (raw) => raw.get_workspace({ workspace_id }),
      (raw) => raw.get_project(project),
      (raw) => raw.get_workflow(project),
      (raw) => raw.get_ticket(at),
      (raw) => raw.get_comment(place),
      (raw) => raw.get_bot(bot),
      (raw) => raw.get_webhook(webhook),
      (raw) => raw.get_view(view),
      (raw) => raw.get_preferences(),
      (raw) => raw.get_notification_settings({ workspace_id }),
      (raw) => raw.list_members({ workspace_id }),
    ];
    const state = () => Promise.all(reads.map(async (read) => (await read(team.owner.client.raw)).body));
    const before = await state();
    const calls: Calls = {
      update_me: (raw) => raw.update_me({ body: { name: 'N' } }),
      update_workspace: (raw) => raw.update_workspace({ workspace_id, body: { name: 'N' } }),
      update_bot: (raw) => raw.update_bot({ ...bot, body: { name: 'N' } }),
      update_webhook: (raw) => raw.update_webhook({ ...webhook, body: { description: 'N' } }),
      update_view: (raw) => raw.update_view({ ...view, body: { name: 'N' } }),
      update_preferences: (raw) => raw.update_preferences({ body: { theme: 'dark' } }),
      update_notification_settings: (raw) =>
        raw.update_notification_settings({ workspace_id, body: { kinds: { due: false } } }),
      update_member: (raw) => raw.update_member({ workspace_id, user_id, body: { role: 'member' } }),
      update_project: (raw) => raw.update_project({ ...project, body: { name: 'N' } }),
      replace_workflow: (raw) => raw.replace_workflow({ ...project, body: presets.standard }),
      update_ticket: (raw) => raw.update_ticket({ ...at, body: { title: 'U' } }),
      set_assignee: (raw) => raw.set_assignee({ ...at, body: { assignee_id: user_id } }),
      update_comment: (raw) => raw.update_comment({ ...place, body: { body: 'd' } }),
    };
    await expectOfAll(calls, { status: 428, code: 'precondition_required' });
    expect(await state()).toEqual(before);
  });
});
