import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '../../harness/database.ts';
import { makeTeam, makeTicket, type Team } from '../../harness/make.ts';
import { someAddress } from '../../harness/people.ts';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, isNoticed, type Run, scaled } from '../check.ts';
import { setStageOn, type Stage } from '../stage.ts';

/** The rows that a list skips: many times as many as one page examines. */
const rows_count = 20_000;
const page_looks_at = 2_000;
/** A page reads the rows that it examines, as many again to find where it stopped, and some more to identify the caller. */
const most_read = 2 * page_looks_at + 500;
/** PostgreSQL publishes a connection's counters when it is idle, at most once a second. */
const counted_ms = 1_200;

// One connection, so that the next request publishes the counts of the one before.
const settings = { BATON_WORKER: 'off', BATON_POOL_SIZE: '1', BATON_STATEMENT_TIMEOUT_MS: '60000' };

interface Scene {
  stage: Stage;
  wire: Wire;
  team: Team;
}

/** A list: its table, its path, and the ids that it must show. */
interface List {
  table: string;
  path: string;
  ids: string[];
}

const dead = `now() - interval '2 days' + n * interval '1 ms', now() - interval '1 day' from generate_series(1, ${rows_count}) n`;

/** Inserts the rows that must be skipped: accepted and expired invitations, expired tokens, and members who are not bots. */
async function fill({ stage, team }: Scene): Promise<void> {
  const { workspace_id, owner } = team;
  const mine = [workspace_id, owner.user.id];
  const run = (text: string, values: unknown[]) => stage.database.owner.query(text, values);
  await run(
    `insert into invitations (workspace_id, id, email, role, token_hash, invited_by, created_at, expires_at)
     select $1, gen_random_uuid(), 'expired' || n || '@example.org', 'viewer', '', $2, ${dead}`,
    mine,
  );
  await run(
    `insert into invitations
       (workspace_id, id, email, role, token_hash, invited_by, accepted_at, accepted_by, created_at, expires_at)
     select $1, gen_random_uuid(), 'accepted' || n || '@example.org', 'viewer', '', $2, now(), $2, ${dead}`,
    mine,
  );
  await run(
    `insert into api_tokens
       (workspace_id, id, user_id, created_by, joined, name, scopes, token_hash, created_at, expires_at)
     select $1, gen_random_uuid(), $2, $2, 1, 'T', array['tickets:read'], sha256(n::text::bytea), ${dead}`,
    mine,
  );
  await run(
    `with people as (
       insert into users (id, email, name)
       select gen_random_uuid(), 'm' || n || '@example.org', 'M' from generate_series(1, ${rows_count}) n returning id)
     insert into memberships (workspace_id, user_id, role, created_at)
     select $1, id, 'viewer', now() - interval '1 day' + row_number() over () * interval '1 ms' from people`,
    [workspace_id],
  );
}

/** Inserts notifications of a deleted ticket, all later than one of an existing ticket. Returns the id of that one. */
async function fillInbox({ stage, team }: Scene): Promise<string> {
  const { workspace_id, owner } = team;
  const [kept, gone] = [await makeTicket(team), await makeTicket(team)];
  await owner.client.delete_ticket({ workspace_id, ticket: gone.id, if_match: '*' });
  const tell = (ticket_id: string, count: number, since: string) =>
    stage.database.owner.query<{ id: string }>(
      `insert into notifications (workspace_id, user_id, joined, id, kinds, ticket_id, happened_at, created_at)
       select $1, $2, 1, gen_random_uuid(), array['due'], $3, now() - n * interval '1 second',
         now() - interval '${since}' + n * interval '1 ms'
       from generate_series(1, ${count}) n returning id`,
      [workspace_id, owner.user.id, ticket_id],
    );
  await tell(gone.id, rows_count, '1 hour');
  const { rows } = await tell(kept.id, 1, '2 hours');
  return rows[0]?.id ?? '';
}

/**
 * Creates the one row of each list that must be found. It comes first, because the others would exhaust quotas; its time is later
 * all the same.
 */
async function furnish(scene: Scene): Promise<List[]> {
  const { stage, team } = scene;
  const { workspace_id, owner } = team;
  const body = { email: someAddress(), role: 'viewer' as const };
  const invitation = await owner.client.create_invitation({ workspace_id, body });
  const bot = await owner.client.create_bot({ workspace_id, body: { name: 'Bot' } });
  const token = await owner.client.create_token({ workspace_id, body: { name: 'T', scopes: ['tickets:read'] } });
  await fill(scene);
  const notification_id = await fillInbox(scene);
  await stage.database.owner.query('analyze');
  const base = `/v1/workspaces/${workspace_id}`;
  return [
    { table: 'invitations', path: `${base}/invitations?limit=100`, ids: [invitation.id] },
    { table: 'memberships', path: `${base}/bots?limit=100`, ids: [bot.id] },
    { table: 'api_tokens', path: `${base}/tokens?limit=100`, ids: [token.id] },
    { table: 'notifications', path: `${base}/notifications?limit=100&folder=unread`, ids: [notification_id] },
  ];
}

/** How many rows of a table have been read so far, by an index or without. */
async function readSoFar({ stage }: Scene, table: string): Promise<number> {
  const { rows } = await stage.database.owner.query<{ n: number }>(
    `select (coalesce(t.seq_tup_read, 0) + coalesce((
       select sum(i.idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid), 0))::float8 as n
     from pg_stat_user_tables t where t.relname = $1`,
    [table],
  );
  return rows[0]?.n ?? Number.NaN;
}

async function read({ wire, team }: Scene, path: string): Promise<string> {
  const { status, text } = await wire.send({ method: 'GET', path, token: team.owner.access_token });
  if (status !== 200) throw new Error(`${path}: ${status} ${text.slice(0, 200)}`);
  return text;
}

/** Reads a path. Returns the response and how many rows of a table were read for it. */
async function measured(scene: Scene, table: string, path: string): Promise<{ text: string; rows: number }> {
  const settled = async () => {
    await sleep(counted_ms);
    await read(scene, '/v1/me');
    await sleep(100);
    return readSoFar(scene, table);
  };
  const before = await settled();
  const text = await read(scene, path);
  return { text, rows: (await settled()) - before };
}

interface Page {
  data: { id: string }[];
  next_cursor: string | null;
}

/** Walks a list to its end, and counts the rows that its first pages read. */
async function walk(scene: Scene, { table, path, ids }: List, measured_pages: number) {
  const faults: string[] = [];
  const found: string[] = [];
  let [pages, most] = [0, 0];
  for (let cursor: string | null = ''; cursor !== null; pages++) {
    const at: string = cursor === '' ? path : `${path}&cursor=${encodeURIComponent(cursor)}`;
    const { text, rows } =
      pages < measured_pages ? await measured(scene, table, at) : { text: await read(scene, at), rows: 0 };
    most = Math.max(most, rows);
    if (!(rows <= most_read)) faults.push(`${table}: a page read ${rows} rows`);
    const page = JSON.parse(text) as Page;
    found.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  if (pages < rows_count / page_looks_at)
    faults.push(`${table}: ${rows_count} rows were passed over in ${pages} pages`);
  if (found.join() !== ids.join()) faults.push(`${table}: a walk found ${found.length} of ${ids.length}`);
  return { faults, most };
}

async function readMuch(run: Run, size: number): Promise<Finding> {
  // A database of its own, because the rows inserted behind the API violate invariants.
  const stage = await setStageOn(await createDatabase(), run.mutant, settings);
  const wire = new Wire(stage.url, 1);
  const scene: Scene = { stage, wire, team: await makeTeam(stage) };
  const lists = await furnish(scene);
  const measured_pages = scaled(3, size);
  const violations: string[] = [];
  const figures: Record<string, number> = {};
  for (const [n, list] of lists.entries()) {
    if (isNoticed(run, violations)) break;
    const { faults, most } = await walk(scene, list, measured_pages);
    figures[`${list.table}_read_by_a_page`] = most;
    violations.push(...faults);
    run.progress((n + 1) / (lists.length + 1));
  }
  if (!isNoticed(run, violations)) {
    const path = `/v1/workspaces/${scene.team.workspace_id}/notifications/unread-count`;
    const { rows } = await measured(scene, 'notifications', path);
    figures['notifications_read_by_a_count'] = rows;
    if (!(rows <= most_read)) violations.push(`the unread count read ${rows} rows`);
  }
  wire.close();
  await stage.strike();
  return { load: { lists: lists.length, rows: rows_count, pages_counted: measured_pages }, figures, violations };
}

export const bounded_reads: Check = {
  id: 'bounded-reads',
  promises: ['P32', 'P37'],
  says: 'However many invitations have expired, tokens have ended, members are not bots and unread notifications are about deleted tickets, a page and the count of unread notifications read a few thousand rows, and the pages together show every row that matches.',
  run: readMuch,
  slice: 0.3,
  control_size: 0.3,
  controls: {
    'a page looks at as many rows as there are': {
      source: [{ file: 'db/walk.ts', find: 'walked: sql`limit 2000`,', replace: 'walked: sql`limit 2000000`,' }],
      noticed_by: 'a page read',
    },
    'open invitations have no index in the order of their list': {
      ddl: ['drop index invitations_open'],
      noticed_by: 'invitations: a page read',
    },
    'the unread ones are counted to their end': {
      source: [
        {
          file: 'notifications/queries.ts',
          find: 'columns: sql`n.*`, end: ends.walked };',
          replace: 'columns: sql`n.*`, end: sql`` };',
        },
      ],
      noticed_by: 'the unread count read',
    },
  },
};
