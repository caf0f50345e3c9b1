import { afterAll, beforeAll, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { presets } from '../projects/workflow-definition.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

const workflow = { ...presets.standard, on_stale: 'refuse' as const };

test('entries of a subject are in the order of its versions, even if the clock has gone back an hour', async () => {
  const { workspace_id, project_id, owner, member, viewer } = team;
  const { client } = owner;
  const ticket = (await makeTicket(team)).id;
  const comment_id = (await client.create_comment({ workspace_id, ticket, body: { body: 'A word.' } })).id;
  const bot_id = (await client.create_bot({ workspace_id, body: { name: 'Bot' } })).id;
  await server.database.owner.query(`
    update workspaces set updated_at = now() + interval '1 hour' where id = '${workspace_id}';
    update memberships set updated_at = now() + interval '1 hour';
    update projects set updated_at = now() + interval '1 hour';
    update comments set created_at = now() + interval '1 hour'`);

  const project = { workspace_id, project_id };
  const comment = { workspace_id, ticket, comment_id };
  const bot = { workspace_id, bot_id };
  await client.update_workspace({ workspace_id, body: { name: 'Second', version: 1 } });
  await client.update_workspace({ workspace_id, body: { name: 'Third', version: 2 } });
  await client.update_member({ workspace_id, user_id: member.user.id, body: { role: 'viewer', version: 1 } });
  await client.remove_member({ workspace_id, user_id: member.user.id });
  await client.remove_member({ workspace_id, user_id: viewer.user.id });
  await client.update_bot({ ...bot, body: { name: 'Nightly', version: 1 } });
  await client.remove_bot(bot);
  await client.replace_workflow({ ...project, body: { ...workflow, version: 1 } });
  await client.replace_workflow({ ...project, body: { ...workflow, version: 2 } });
  await client.update_project({ ...project, body: { name: 'Second', version: 3 } });
  await client.archive_project(project);
  await client.update_project({ ...project, body: { archived: false, version: 5 } });
  await client.update_comment({ ...comment, body: { body: 'Another.', version: 1 } });
  await client.delete_comment(comment);
  await client.purge_comment(comment);
  await client.delete_workspace({ workspace_id });

  const { rows } = await server.database.owner.query<{ subject: string; versions: string; ahead: boolean }>(
    `select subject_type || ' ' || subject_id as subject, string_agg(subject_version::text, ' ' order by created_at, id) as versions,
       bool_and(created_at > now() + interval '59 minutes') as ahead
     from audit_log where subject_version > 1 and subject_type <> 'ticket' group by 1`,
  );
  expect(Object.fromEntries(rows.map(({ subject, versions, ahead }) => [subject, [versions, ahead]]))).toEqual({
    [`workspace ${workspace_id}`]: ['2 3 4', true],
    [`member ${member.user.id}`]: ['2 3', true],
    [`member ${viewer.user.id}`]: ['2', true],
    [`bot ${bot_id}`]: ['2 3', true],
    [`workflow ${project_id}`]: ['2 3', true],
    [`project ${project_id}`]: ['4 5 6', true],
    [`comment ${comment_id}`]: ['2 3 4', true],
  });
});

test('a comment’s event comes after the earlier events of its ticket, even if the clock has gone back an hour', async () => {
  const mine = await makeTeam(server);
  const { workspace_id, member } = mine;
  const { client } = member;
  const { id: ticket } = await makeTicket(mine);
  await server.database.owner.query(`
    update tickets set created_at = created_at + interval '1 hour', updated_at = updated_at + interval '1 hour' where id = '${ticket}';
    update outbox set created_at = created_at + interval '1 hour' where subject_id = '${ticket}'`);
  const at = { workspace_id, ticket };
  await client.update_ticket({ ...at, body: { title: 'Later', version: 1 } });
  const first = await client.create_comment({ ...at, body: { body: 'First.' } });
  const second = await client.create_comment({ ...at, body: { body: 'Second.' } });
  expect(second.created_at > first.created_at).toBe(true);
  await numberEvents(server.database.url);
  const { data } = await client.read_events({ ...at, limit: 100 });
  expect(data.map(({ type, subject_id }) => [type, subject_id])).toEqual([
    ['ticket.created', ticket],
    ['ticket.updated', ticket],
    ['comment.created', first.id],
    ['comment.created', second.id],
  ]);
});
