import { expect, test } from 'vitest';
import type { RawResponse } from '../../../sdk/index.ts';
import { createDatabase } from '../../../proof/harness/database.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { type Patch, startServer, type TestServer } from '../../../proof/harness/server.ts';
import { presets } from '../../src/projects/workflow-definition.ts';
import { wordsOf } from '../../src/tickets/words.ts';

// Races of creations for the numbers of their project, with controls on a server with a broken statement.

async function onServer<T>(run: (server: TestServer, team: Team) => Promise<T>, patch?: Patch, env = {}): Promise<T> {
  const quiet = { BATON_POOL_SIZE: '20', LOG_LEVEL: patch === undefined ? 'error' : 'silent' };
  const server = await startServer({ ...quiet, ...env }, patch === undefined ? {} : { patch });
  try {
    return await run(server, await makeTeam(server, 'standard'));
  } finally {
    await server.stop();
  }
}

/** Creates many tickets at once: by the last statements, with and without a key, and by the first ones, which a place needs. */
async function creates({ database }: TestServer, team: Team) {
  const { workspace_id, project_id, member } = team;
  const { raw } = member.client;
  const body = { title: 'One of many' };
  const at = { workspace_id, project_id };
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, n) => {
      if (n % 4 === 0) return raw.create_ticket({ ...at, body, idempotency_key: `key-${n}` });
      if (n % 4 === 1) return raw.create_ticket({ ...at, body: { ...body, place: { at: 'bottom' } } });
      return raw.create_ticket({ ...at, body });
    }),
  );
  const created = answers.filter(({ status }) => status === 201).map((answer) => answer.body as { number: number });
  const { data } = await member.client.list_tickets({ ...at, limit: 100 });
  const listed = new Map(data.map(({ id, number, key, rank }) => [id, { id, number, key, rank }]));
  return {
    statuses: [...new Set(answers.map(({ status }) => status))],
    numbers: created.map(({ number }) => number).sort((a, b) => a - b),
    different: created.filter((ticket) => {
      const { id, number, key, rank } = ticket as unknown as { id: string; number: number; key: string; rank: string };
      return JSON.stringify(listed.get(id)) !== JSON.stringify({ id, number, key, rank });
    }),
    found: await brokenInvariants(database.owner),
  };
}

test('ticket numbers are dense, unique and those of the responses even if many tickets are created at once', async () => {
  const numbers = Array.from({ length: 64 }, (_, n) => n + 1);
  expect(await onServer(creates)).toEqual({ statuses: [201], numbers, different: [], found: {} });
});

test('control: numbers taken as max + 1 without a lock collide', async () => {
  const { statuses, numbers } = await onServer(creates, (text) =>
    text
      .replace(
        /update projects p set last_number = (case[^]*?end)\s+(where[^]*)returning[^]*$/,
        'select $1 as number from projects p $2',
      )
      .replace('p.last_number, $', 'p.last_number + 1, $')
      .replace(
        /update projects set last_number = last_number \+ 1\s+(where[^]*)returning[^]*$/,
        'select key, last_number + 1 as number, id, workflow_version, archived_at, now() as at from projects $1',
      ),
  );
  expect(statuses.toSorted()).toEqual([201, 500]); // the unique constraint refuses what the lock would have prevented
  expect(numbers[0]).toBe(1);
});

test('a ticket is found by the same words, whichever statements took its number', async () => {
  await onServer(async ({ database }, { workspace_id, project_id, member }) => {
    const words = Array.from({ length: 70 }, (_, n) => `w${n}`).join(' ');
    const places = [undefined, { at: 'bottom' as const }];
    for (const [n, place] of places.entries()) {
      const title = `Eng-${n + 1} ${words}`;
      const at = { workspace_id, project_id };
      const { body } = await member.client.raw.create_ticket({ ...at, body: { title, ...(place && { place }) } });
      expect(await wordsOfRow(database, body)).toEqual(wordsOf({ title, key: `ENG-${n + 1}` }).sort());
    }
  });
});

test('a ticket is found by its key in a database whose language writes the small I without a dot', async () => {
  const database = await createDatabase();
  const spell = (collation: string) =>
    database.owner.query(`alter table projects alter column key type text collate "${collation}"`);
  await spell('tr-x-icu');
  const server = await startServer({}, { database });
  const { workspace_id, admin } = await makeTeam(server);
  const body = { key: 'WIKI', name: 'Wiki' };
  const { id: project_id } = await admin.client.create_project({ workspace_id, body });
  const created = await admin.client.raw.create_ticket({ workspace_id, project_id, body: { title: 'INFO' } });
  expect(await wordsOfRow(database, created.body)).toEqual(['info', 'wiki-1']);
  await spell('default'); // the invariants compare keys
  await server.stop();
  await database.drop();
});

/** The words that a ticket is found by. */
async function wordsOfRow({ owner }: TestServer['database'], ticket: unknown): Promise<string[]> {
  const { id } = ticket as { id: string };
  const found = await owner.query<{ word: string }>('select word from ticket_words where ticket_id = $1', [id]);
  return found.rows.map(({ word }) => word).sort();
}

/** Sends creations under their keys, each three times, two of them at once. Returns those whose responses differ, or a read. */
async function repeated({ url }: TestServer, { workspace_id, project_id, member }: Team): Promise<string[]> {
  const path = `/v1/workspaces/${workspace_id}/projects/${project_id}/tickets`;
  const authorization = `Bearer ${member.access_token}`;
  const create = async (key: string) => {
    const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': key };
    const body = JSON.stringify({ title: `“Title” of ${key}`, labels: ['"rank":"', 'ü'], description: '"number":1,' });
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
    return { status: response.status, tag: response.headers.get('etag'), text: await response.text() };
  };
  const found = await Promise.all(
    Array.from({ length: 32 }, async (_, n) => {
      const [one, two] = await Promise.all([create(`key-${n}`), create(`key-${n}`)]);
      const three = await create(`key-${n}`);
      const { id } = JSON.parse(one.text) as { id: string };
      const read = await fetch(`${url}/v1/workspaces/${workspace_id}/tickets/${id}`, { headers: { authorization } });
      const now = { status: 201, tag: read.headers.get('etag'), text: await read.text() };
      const all = [one, two, three, now].map((response) => JSON.stringify(response));
      return new Set(all).size === 1 ? [] : [all.join('\n')];
    }),
  );
  return found.flat();
}

test('a creation that is sent again under its key gets the bytes of the first response, with its number', async () => {
  expect(await onServer(repeated)).toEqual([]);
});

test('control: if the number isn’t stored with the response, a creation that is sent again gets another one', async () => {
  const forgetful: Patch = (text) => text.replace("jsonb_build_object('number', t.number, ", 'jsonb_build_object(');
  expect((await onServer(repeated, forgetful)).length).toBeGreaterThan(0);
});

/** Creates a ticket, while a change of its project that began before is committed. */
async function createDuring(
  { database }: TestServer,
  { workspace_id, project_id, member }: Team,
  change: string,
  status = 'open',
): Promise<RawResponse> {
  const holder = await database.owner.connect();
  try {
    await holder.query('begin');
    await holder.query(change, [project_id]);
    const creating = member.client.raw.create_ticket({
      workspace_id,
      project_id,
      body: { title: 'T', status },
    });
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await database.owner.query(waiting)).rowCount).toBe(1);
    await holder.query('commit');
    return await creating;
  } finally {
    holder.release();
  }
}

const archive = 'update projects set archived_at = now() where id = $1';
const replace = `with replaced as (insert into workflows (workspace_id, project_id, version, definition, created_by)
    select workspace_id, project_id, 2, '${JSON.stringify({ ...presets.standard, initial: ['in_progress'] })}', created_by
    from workflows where project_id = $1 returning 1)
  update projects set workflow_version = 2 where id = $1 and exists (select 1 from replaced)`;

test('a creation that waited for its project follows what the project has become', async () => {
  const limits = { BATON_MAX_TICKETS_PER_PROJECT: '2' };
  await onServer(
    async (server, team) => {
      await makeTicket(team);
      const after = async (change: string) => (await createDuring(server, team, change)).body as { code?: string };
      expect(await after('update projects set last_number = 2 where id = $1')).toMatchObject({
        code: 'quota_exceeded',
      });
      await server.database.owner.query('update projects set last_number = 1');
      expect((await makeTicket(team)).number).toBe(2);
    },
    undefined,
    limits,
  );
  await onServer(async (server, team) => {
    expect((await createDuring(server, team, replace)).body).toMatchObject({ code: 'validation_failed' });
    const archived = await createDuring(server, team, archive, 'in_progress');
    expect(archived.body).toMatchObject({ code: 'project_archived' });
    const { rows } = await server.database.owner.query('select last_number from projects');
    expect(rows).toEqual([{ last_number: 0 }]);
  });
});

test('control: if it does not compare the project, it creates tickets that the project no longer allows', async () => {
  const blind: Patch = (text) => text.replace('when p.workflow_version', 'when true or p.workflow_version');
  await onServer(async (server, team) => {
    expect((await createDuring(server, team, replace)).status).toBe(201);
    expect((await createDuring(server, team, archive, 'in_progress')).status).toBe(201);
  }, blind);
});
