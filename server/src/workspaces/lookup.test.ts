import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { max_walked } from '../db/walk.ts';

let server: TestServer;
let team: Team;
let ada: Person;

const names = [
  'Ada Lovelace',
  'Ådne Ærlig',
  'José "Pepe" (Ruiz)',
  '100% %off',
  'under_score _x',
  'back\\slash \\y',
  'A.b',
];

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
  const { workspace_id, owner } = team;
  for (const name of names) {
    const person = await registerPerson(server, { name });
    await joinWorkspace(owner, person, workspace_id, 'viewer');
    if (name === 'Ada Lovelace') ada = person;
  }
  const former = await registerPerson(server, { name: 'Grace Hopper' });
  await joinWorkspace(owner, former, workspace_id, 'viewer');
  await owner.client.remove_member({ workspace_id, user_id: former.user.id });
  await owner.client.create_bot({ workspace_id, body: { name: 'Grace’s bot' } });
});
afterAll(() => server.stop());

const members = async (q: string) => {
  const { data } = await team.viewer.client.list_members({ workspace_id: team.workspace_id, q });
  return data.map(({ name }) => name);
};
const people = async (q: string, input: { ids?: string } = {}) => {
  const { data } = await team.viewer.client.list_people({ workspace_id: team.workspace_id, q, ...input });
  return data.map(({ name }) => name);
};

describe('a look-up of members', () => {
  test.each([
    ['ada', ['Ada Lovelace']],
    ['LOVE', ['Ada Lovelace']],
    ['ada l', ['Ada Lovelace']],
    [' ada ', ['Ada Lovelace']],
    ['ovelace', []],
    ['ådne', ['Ådne Ærlig']],
    ['A\u030aDNE', ['Ådne Ærlig']],
    ['æRL', ['Ådne Ærlig']],
    ['dne', []],
    ['pepe', ['José "Pepe" (Ruiz)']],
    ['ruiz)', ['José "Pepe" (Ruiz)']],
    ['(', ['José "Pepe" (Ruiz)']],
  ])('matches the beginnings of words, in any letter case and Unicode form: %s', async (q, found) => {
    expect(await members(q)).toEqual(found);
    expect(await people(q)).toEqual(found);
  });

  test.each([
    ['%', ['100% %off']],
    ['100%', ['100% %off']],
    ['_', ['under_score _x']],
    ['\\', ['back\\slash \\y']],
    ['a.', ['A.b']],
    ['.*', []],
    ['[a-z]', []],
    ['a|b', []],
    ['^ada', []],
    ['ada$', []],
    ['a{1}', []],
    ['***=ada', []],
  ])('matches every character literally: %s', async (q, found) => {
    const of_names = await people(q);
    expect(of_names.filter((name) => name !== 'Somebody')).toEqual(found);
  });

  test('also matches the beginnings of words in addresses, which a look-up of people does not', async () => {
    const [mailbox = ''] = ada.email.split('@');
    expect(await members(mailbox.slice(0, 9).toUpperCase())).toEqual(['Ada Lovelace']);
    expect(await members(ada.email)).toEqual(['Ada Lovelace']);
    expect(await members('example.com')).toHaveLength(4 + names.length);
    expect(await people(mailbox)).toEqual([]);
  });

  test('omits bots and former members, who appear in a look-up of people', async () => {
    expect(await members('grace')).toEqual([]);
    expect(await people('grace')).toEqual(['Grace Hopper', 'Grace’s bot']);
    const ids = [ada.user.id, team.owner.user.id].join();
    expect(await people('ada', { ids })).toEqual(['Ada Lovelace']);
    expect(await people('grace', { ids })).toEqual([]);
  });

  test('is refused if the text is empty or too long', async () => {
    const { workspace_id, viewer } = team;
    for (const q of ['', 'x'.repeat(101)]) {
      expect((await viewer.client.raw.list_members({ workspace_id, q })).status).toBe(422);
    }
  });

  test('refuses the cursor of another look-up', async () => {
    const { workspace_id, viewer } = team;
    const { next_cursor } = await viewer.client.list_members({ workspace_id, q: 'example', limit: 1 });
    const refused = await viewer.client.raw.list_members({ workspace_id, q: 'exampl', cursor: next_cursor ?? '' });
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  });
});

test('a look-up in a large workspace continues where a page stopped, and finds everybody once', async () => {
  const { owner } = team;
  const { id: workspace_id } = await owner.client.create_workspace({ body: { name: 'Large' } });
  const more = 2 * max_walked + 10;
  await server.database.owner.query(
    `with made as (
       insert into users (id, email, name)
       select gen_random_uuid(), 'many' || n || '@example.com', case when n % 1500 = 0 then 'Zoe ' || n else 'N ' || n end
       from generate_series(1, $2::int) n returning id, name),
     known as (insert into user_workspaces (user_id, workspace_id, role) select id, $1, 'viewer' from made)
     insert into memberships (workspace_id, user_id, role, created_at)
     select $1, id, 'viewer', now() + split_part(name, ' ', 2)::int * interval '1 ms' from made`,
    [workspace_id, more],
  );
  for (const list of ['list_members', 'list_people'] as const) {
    const found: string[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await owner.client[list]({ workspace_id, q: 'zoe', ...(cursor !== undefined && { cursor }) });
      found.push(...page.data.map(({ name }) => name));
      sizes.push(page.data.length);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(['Zoe 1500', 'Zoe 3000']);
    expect(sizes).toEqual([1, 1, 0]);
    const paged: string[] = [];
    for await (const { name } of owner.client.pages[list]({ workspace_id, q: 'n', limit: 100 })) paged.push(name);
    expect(paged).toHaveLength(more - 2);
  }
});
