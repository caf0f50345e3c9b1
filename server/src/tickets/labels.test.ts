import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { max_walked } from '../db/walk.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** The names in the order of their bytes. That of the list is the database's, which may be another. */
const labels = async (input: { q?: string; limit?: number; cursor?: string } = {}, from = team) => {
  const { data } = await from.viewer.client.list_labels({ workspace_id: from.workspace_id, limit: 100, ...input });
  return data.map(({ name }) => name).toSorted();
};

describe('the list of labels', () => {
  beforeAll(async () => {
    team = await makeTeam(server);
    await makeTicket(team, { labels: ['crane', 'Brake', '100%'] });
    await makeTicket(team, { labels: ['crane', 'a.b', 'back\\slash', 'Äther'] });
    const other = await makeTeam(server);
    await makeTicket(other, { labels: ['of another workspace'] });
  });

  test('has each label of the workspace once, and a viewer can read it', async () => {
    expect(await labels()).toEqual(['100%', 'Brake', 'a.b', 'back\\slash', 'crane', 'Äther']);
  });

  test('has pages, which together contain each label once and in order', async () => {
    const { workspace_id, viewer } = team;
    const paged: { name: string }[] = [];
    for await (const label of viewer.client.pages.list_labels({ workspace_id, limit: 2 })) paged.push(label);
    const { data, next_cursor } = await viewer.client.list_labels({ workspace_id, limit: 6 });
    expect([paged, next_cursor]).toEqual([data, null]);
    const { rows } = await server.database.owner.query<{ name: string }>(
      'select distinct label as name from ticket_labels where workspace_id = $1 order by 1',
      [workspace_id],
    );
    expect(data).toEqual(rows);
  });

  test.each([
    ['RAN', ['crane']],
    ['bra', ['Brake']],
    ['äTH', ['Äther']],
    ['A\u0308t', ['Äther']],
    [' crane ', ['crane']],
    ['%', ['100%']],
    ['.', ['a.b']],
    ['\\', ['back\\slash']],
    ['a', ['Brake', 'a.b', 'back\\slash', 'crane']],
    ['cranes', []],
    ['another workspace', []],
  ])('finds labels that contain a text, in any letter case and Unicode form: %s', async (q, found) => {
    expect(await labels({ q })).toEqual(found);
  });

  test('refuses a text that no label can contain', async () => {
    const { workspace_id, viewer } = team;
    for (const q of ['', 'x'.repeat(65), 'two\nlines']) {
      const refused = await viewer.client.raw.list_labels({ workspace_id, q });
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ parameter: 'q' }] } });
    }
  });

  test('no longer has a label that was removed from its last ticket, but has those of deleted tickets', async () => {
    const { workspace_id, member } = team;
    const kept = await makeTicket(team, { labels: ['first', 'second'] });
    const update = { workspace_id, ticket: kept.id };
    await member.client.update_ticket({ ...update, body: { labels_remove: ['first'] } });
    expect(await labels({ q: 'first' })).toEqual([]);
    await member.client.delete_ticket({ ...update, if_match: '*' });
    expect(await labels({ q: 'second' })).toEqual(['second']);
  });
});

test('a page of labels reads a bounded number of them, and the next page continues', async () => {
  const many = await makeTeam(server);
  const { workspace_id, viewer } = many;
  const { id } = await makeTicket(many, { labels: ['needle'] });
  await server.database.owner.query(
    `insert into ticket_labels (workspace_id, ticket_id, label, created_at)
     select $1, $2, 'hay ' || (10000 + n), now() from generate_series(1, $3) n`,
    [workspace_id, id, max_walked],
  );
  try {
    const first = await viewer.client.list_labels({ workspace_id, q: 'Needle' });
    expect([first.data, first.next_cursor === null]).toEqual([[], false]);
    const cursor = first.next_cursor ?? '';
    const second = await viewer.client.list_labels({ workspace_id, q: 'Needle', cursor });
    expect(second).toEqual({ data: [{ name: 'needle' }], next_cursor: null });
    expect(await labels({ limit: 1 }, many)).toEqual(['hay 10001']);
  } finally {
    await server.database.owner.query(`delete from ticket_labels where ticket_id = $1 and label like 'hay %'`, [id]);
  }
});
