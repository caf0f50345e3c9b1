import { afterAll, beforeAll, expect, test } from 'vitest';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

const query = async (text: string, values: unknown[]) => (await server.database.owner.query<object>(text, values)).rows;

test('a ticket whose titles would take longer to purge than a statement may take is purged', async () => {
  const { workspace_id, owner } = team;
  const { id, title } = await makeTicket(team);
  await numberEvents(server.database.url);
  const edits = 80_000;
  await query(
    `with head as (update event_heads set last_sequence = last_sequence + $3 where workspace_id = $1
       returning last_sequence - $3 as before),
     changed as (update tickets set version = version + $3, updated_at = updated_at + $3 * interval '1 microsecond'
       where id = $2 returning reporter_id, updated_at - $3 * interval '1 microsecond' as since)
     insert into events (workspace_id, sequence, id, actor_id, action, subject_type, subject_id, subject_version, before, after,
       request_id, created_at)
     select $1, before + n, gen_random_uuid(), reporter_id, 'ticket.updated', 'ticket', $2, n + 1,
       jsonb_build_object('title', case when n % 2 = 1 then $4 else 'hunter2' end),
       jsonb_build_object('title', case when n % 2 = 1 then 'hunter2' else $4 end), 'seed-0001', since + n * interval '1 microsecond'
     from head, changed, generate_series(1, $3::integer) n`,
    [workspace_id, id, edits, title],
  );
  const quick = await startServer({ BATON_STATEMENT_TIMEOUT_MS: '1000' }, { database: server.database });
  try {
    const { purge_ticket } = conformingClient(quick.url, owner.access_token);
    await purge_ticket({ workspace_id, ticket: id, body: { fields: ['title'] } });
  } finally {
    await quick.stop();
  }
  const left = await query(
    `select subject_version from events where workspace_id = $1 and subject_id = $2
       and (before ->> 'title' is not null or after ->> 'title' is not null) limit 1`,
    [workspace_id, id],
  );
  expect(left).toEqual([]);
});

test('a purge of a long history leaves no text of a comment, and no response that may contain one', async () => {
  const { workspace_id, owner, member } = team;
  const { id: ticket } = await makeTicket(team);
  const { id } = await member.client.create_comment({ workspace_id, ticket, body: { body: 'hunter2' } });
  const edits = 4_000; // another one follows, and is the only one in the last part
  await numberEvents(server.database.url);
  await query(
    `with head as (update event_heads set last_sequence = last_sequence + $3 where workspace_id = $1
       returning last_sequence - $3 as before),
     edited as (update comments set version = $3 + 1, edited_at = created_at + $3 * interval '1 microsecond' where id = $2
       returning *),
     told as (insert into events (workspace_id, sequence, id, actor_id, action, subject_type, subject_id, subject_version,
         ticket_id, after, request_id, created_at)
       select $1, before + n, gen_random_uuid(), author_id, 'comment.updated', 'comment', $2, n + 1, ticket_id,
         jsonb_build_object('ticket_id', ticket_id), 'seed-0001', created_at + n * interval '1 microsecond'
       from head, edited, generate_series(1, $3::integer) n)
     insert into comment_revisions (workspace_id, ticket_id, comment_id, version, author_id, body, created_at)
     select $1, ticket_id, id, n, author_id, 'hunter2', created_at + (n - 1) * interval '1 microsecond'
     from edited, generate_series(1, $3::integer) n`,
    [workspace_id, id, edits],
  );
  await query(
    `insert into outcomes (user_id, key_hash, target, workspace_id, ticket_id, status, headers, body)
     select $1, sha256(n::text::bytea), 'PATCH /v1/seeded', $2, $3, 200, '{}', 'hunter2' from generate_series(1, 2001) n`,
    [member.user.id, workspace_id, ticket],
  );
  const at = { workspace_id, ticket, comment_id: id };
  await member.client.update_comment({ ...at, if_match: '*', body: { body: 'hunter3' } });
  await owner.client.purge_comment(at);
  const revisions = await query(
    `select count(*)::int as purged from comment_revisions where comment_id = $1 and body = ''`,
    [id],
  );
  expect(revisions).toEqual([{ purged: edits + 2 }]); // with the last text, which is a revision now
  const forgotten = `delete from outcomes where target = 'PATCH /v1/seeded' and body is null and forgotten returning 1`;
  expect(await query(forgotten, [])).toHaveLength(2001);
});
