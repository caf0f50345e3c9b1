import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

async function makeComment(body = 'First') {
  const ticket = await makeTicket(team);
  const on = { workspace_id: team.workspace_id, ticket: ticket.id };
  const comment = await team.member.client.create_comment({ ...on, body: { body } });
  return { on, comment, at: { ...on, comment_id: comment.id }, ticket };
}

test.each([' ', '\n\n', '\u200b\ufeff', '\u3164', '\u2800'])(
  'a comment in which nothing can be seen is refused: %j',
  async (blank) => {
    const { on, at, comment } = await makeComment();
    const { raw, transition_ticket } = team.member.client;
    await transition_ticket({ ...on, body: { to: 'in_progress' } });
    const refused = await Promise.all([
      raw.create_comment({ ...on, body: { body: blank } }),
      raw.update_comment({ ...at, body: { body: blank, version: 1 } }),
      raw.transition_ticket({ ...on, body: { to: 'resolved', resolution: 'fixed', comment: blank } }),
      raw.change_tickets({
        workspace_id: team.workspace_id,
        body: { changes: [{ ticket: on.ticket, transition: { to: 'resolved', comment: blank } }] },
      }),
    ]);
    for (const { status, body } of refused) {
      expect({ status, body }).toMatchObject({
        status: 422,
        body: { errors: [{ detail: 'Text must contain something that can be seen.' }] },
      });
    }
    expect(await team.member.client.get_comment(at)).toEqual(comment);
  },
);

describe('editing a comment', () => {
  test('keeps its place and all earlier texts, which admins can read with author and time', async () => {
    const { on, at, comment, ticket } = await makeComment();
    const { client } = team.member;
    await team.admin.client.create_comment({ ...on, body: { body: 'Later' } });
    const edited = await client.update_comment({ ...at, body: { body: 'cafe\u0301', version: 1 } });
    expect(edited).toEqual({ ...comment, body: 'café', version: 2, edited_at: edited.edited_at });
    await client.update_comment({ ...at, body: { body: 'Third' }, if_match: '"2"' });
    const { data } = await client.list_comments(on);
    expect(data.map(({ body, created_at }) => [body, created_at === comment.created_at])).toEqual([
      ['Third', true],
      ['Later', false],
    ]);
    expect(await client.get_comment(at)).toEqual(data[0]);
    const revisions = await team.admin.client.list_comment_revisions({ ...at, limit: 1 });
    const second = await team.admin.client.list_comment_revisions({ ...at, cursor: revisions.next_cursor ?? '' });
    const author_id = team.member.user.id;
    expect([...revisions.data, ...second.data]).toEqual([
      { version: 1, author_id, body: 'First', created_at: comment.created_at },
      { version: 2, author_id, body: 'café', created_at: edited.edited_at },
    ]);
    expect((await client.raw.list_comment_revisions(at)).status).toBe(403);
    expect((await client.get_ticket(on)).version).toBe(ticket.version);
  });

  test('is allowed only to its author, and only on the current version', async () => {
    const { at, comment } = await makeComment();
    for (const { client } of [team.owner, team.admin]) {
      const refused = await client.raw.update_comment({ ...at, body: { body: 'Mine now', version: 1 } });
      expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    const edit = (body: { body: string; version?: number }, if_match?: string) =>
      team.member.client.raw.update_comment({ ...at, body, ...(if_match === undefined ? {} : { if_match }) });
    expect(await edit({ body: 'X' })).toMatchObject({ status: 428 });
    expect(await edit({ body: 'X', version: 2 })).toMatchObject({ status: 409, body: { current_version: 1 } });
    expect(await edit({ body: 'X' }, '"2"')).toMatchObject({ status: 412, body: { current_version: 1 } });
    expect(await edit({ body: '' }, '"1"')).toMatchObject({ status: 422 });
    expect((await edit({ body: 'First', version: 1 })).body).toEqual(comment); // no change, no version
    expect(await team.member.client.get_comment(at)).toEqual(comment);
  });

  test('succeeds for one of several concurrent requests, and the others get a conflict', async () => {
    const { at } = await makeComment();
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        team.member.client.raw.update_comment({ ...at, body: { body: `${n}`, version: 1 } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(5).fill(409)]);
  });
});

describe('deleting a comment', () => {
  test('keeps its place without the text, and keeps the transition that it was sent with', async () => {
    const { on, at } = await makeComment();
    const { member, admin } = team;
    const body = { to: 'in_progress', comment: 'With the step' };
    const { transition } = await member.client.transition_ticket({ ...on, body });
    const of_step = { ...on, comment_id: transition.comment_id ?? '' };
    await admin.client.delete_comment(of_step);
    await member.client.delete_comment({ ...at, if_match: '"1"' });
    await member.client.delete_comment(at); // again: nothing changes
    const [first, second] = (await member.client.list_comments(on)).data;
    expect(first).toMatchObject({ id: at.comment_id, body: '', version: 2, deleted_by: member.user.id });
    expect(second).toMatchObject({ body: '', version: 2, deleted_by: admin.user.id, author_id: member.user.id });
    const steps = (await member.client.list_transitions(on)).data;
    expect(steps).toEqual([{ ...transition, comment: null }]);
    const edit = await member.client.raw.update_comment({ ...at, body: { body: 'Back', version: 2 } });
    expect(edit).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const { data } = await admin.client.list_comment_revisions(of_step);
    expect(data.map((one) => one.body)).toEqual(['With the step']);
  });

  test('by somebody other than its author is allowed only to admins', async () => {
    const { on } = await makeComment();
    const { id } = await team.admin.client.create_comment({ ...on, body: { body: 'Theirs' } });
    const refused = await team.member.client.raw.delete_comment({ ...on, comment_id: id });
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await team.member.client.get_comment({ ...on, comment_id: id })).body).toBe('Theirs');
  });
});

describe('purging a comment', () => {
  const secret = 'hunter2-the-password';

  test('removes all its texts from the database, and the audit log records that without the text', async () => {
    const { on, at } = await makeComment(secret);
    const { member, admin, owner, workspace_id } = team;
    await member.client.update_comment({ ...at, body: { body: `Sorry, not ${secret}`, version: 1 } });
    await member.client.delete_comment(at);
    expect((await admin.client.raw.purge_comment(at)).status).toBe(403);
    await member.client.delete_ticket(on); // a comment of a deleted ticket can be purged too
    const purged = await owner.client.purge_comment(at);
    expect(purged).toMatchObject({ body: '', version: 4, deleted_by: member.user.id });
    expect(await owner.client.purge_comment(at)).toEqual(purged);
    const everywhere = await server.database.owner.query(
      `select 'comments' as found from comments c where to_jsonb(c)::text like $1
       union all select 'revisions' from comment_revisions r where to_jsonb(r)::text like $1
       union all select 'audit' from audit_log a where to_jsonb(a)::text like $1`,
      [`%${secret}%`],
    );
    expect(everywhere.rows).toEqual([]);
    await member.client.restore_ticket(on);
    const { data } = await admin.client.list_comment_revisions(at);
    expect(data.map(({ version, body }) => [version, body])).toEqual([
      [1, ''],
      [2, ''],
      [3, ''],
    ]);
    const entries = await owner.client.list_audit({ workspace_id, subject: at.comment_id });
    expect(entries.data.map(({ action, actor_id }) => [action, actor_id])).toEqual([
      ['comment.purged', owner.user.id],
      ['comment.deleted', member.user.id],
      ['comment.updated', member.user.id],
      ['comment.created', member.user.id],
    ]);
  });

  test('gets a time later than the end of the transaction whose lock on the comment it waited for', async () => {
    const { at } = await makeComment(secret);
    const holding = await server.database.owner.connect();
    onTestFinished(() => holding.release());
    await holding.query('begin');
    await holding.query('select 1 from comments where id = $1 for update', [at.comment_id]);
    const purging = team.owner.client.purge_comment(at);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { rows } = await holding.query<{ now: Date }>('select clock_timestamp() as now');
    await holding.query('commit');
    expect(Date.parse((await purging).purged_at ?? '')).toBeGreaterThanOrEqual(rows[0]?.now.getTime() ?? Infinity);
  });

  test('wins against concurrent edits and deletions, whatever their order', async () => {
    for (let round = 0; round < 6; round++) {
      const { at } = await makeComment(secret);
      const { client } = team.member;
      const edit = () => client.raw.update_comment({ ...at, body: { body: `${secret} again`, version: 1 } });
      const answers = await Promise.all([
        edit(),
        team.owner.client.raw.purge_comment(at),
        client.raw.delete_comment(at),
        edit(),
      ]);
      for (const { status } of answers) expect([200, 204, 409]).toContain(status);
      expect(await client.get_comment(at)).toMatchObject({ body: '', purged_at: expect.any(String) as string });
    }
    const { rows } = await server.database.owner.query('select 1 from comment_revisions where body like $1', [
      `%${secret}%`,
    ]);
    expect(rows).toEqual([]);
    expect(await brokenInvariants(server.database.owner)).toEqual({});
  });

  test('is the only way to change a revision, because the app’s database role has no permission', async () => {
    const client = await server.database.owner.connect();
    try {
      for (const text of ['update comment_revisions set body = $$x$$', 'update comments set purged_at = now()']) {
        await client.query(`begin; set local role baton_app; set local app.workspace = '${team.workspace_id}'`);
        await expect(client.query(text)).rejects.toMatchObject({ code: '42501' });
        await client.query('rollback');
      }
      // Nor can the role purge a comment of another workspace.
      const { at } = await makeComment();
      await client.query(`begin; set local role baton_app; set local app.workspace = '${team.project_id}'`);
      const { rows } = await client.query('select purge_comment($1, $2, $2, $2, $3, now()) as purged', [
        at.ticket,
        at.comment_id,
        'r',
      ]);
      expect(rows).toEqual([{ purged: false }]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
