import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { clusterUrl, test_prefix } from '../harness/database.ts';
import type { WireAnswer, WireRequest } from '../harness/wire.ts';
import { Random } from '../prove/random.ts';
import { installPackages } from '../../scripts/tools.ts';
import type { Scenario } from './scenarios.ts';

const dir = path.resolve(import.meta.dirname, '../../tools/postgraphile');

/** A tracker for PostGraphile in a separate database, with as many tickets as Baton's place. */
export interface Peer {
  url: string;
  visitor: string;
  /** The user who owns the tracker. */
  user_id: string;
  script: string;
  scenarios: Scenario[];
  drop: () => Promise<void>;
}

async function asAdmin(...statements: string[]): Promise<void> {
  const admin = new pg.Client({ connectionString: clusterUrl('postgres') });
  await admin.connect();
  for (const statement of statements) await admin.query(statement);
  await admin.end();
}

/** Installs PostGraphile, which only this benchmark needs, and creates its database. */
export async function makePeer({ tickets, connections }: { tickets: number; connections: number }): Promise<Peer> {
  await installPackages(dir, 'PostGraphile');
  const database = `${test_prefix}${randomBytes(6).toString('hex')}`;
  const visitor = `${database}_visitor`; // a role belongs to the whole cluster
  const drop = () => asAdmin(`drop database if exists ${database} with (force)`, `drop role if exists ${visitor}`);
  const url = clusterUrl(database);
  const owner = new pg.Client({ connectionString: url });
  try {
    await asAdmin(`create database ${database}`, `create role ${visitor}`);
    await owner.connect();
    await owner.query(readFileSync(path.join(dir, 'schema.sql'), 'utf8').replaceAll('VISITOR', visitor));
    const place = await seed(owner, tickets);
    const { rows } = await owner.query<Movable>(
      `select id, status from tracker.tickets where project_id = $1 and status <> 'closed' order by number`,
      [place.project_id],
    );
    const scenarios = makeScenarios(rows, place, connections);
    await owner.end();
    return { url, visitor, user_id: place.user_id, script: path.join(dir, 'server.js'), scenarios, drop };
  } catch (error) {
    await owner.end();
    await drop();
    throw error;
  }
}

interface PeerPlace {
  user_id: string;
  workspace_id: string;
  project_id: string;
  busy_project_id: string;
}

/** Inserts the same tickets as seedPlace into the peer's tables. */
async function seed(owner: pg.Client, tickets: number): Promise<PeerPlace> {
  const { rows } = await owner.query<PeerPlace>(
    `select gen_random_uuid() as user_id, gen_random_uuid() as workspace_id, gen_random_uuid() as project_id,
       gen_random_uuid() as busy_project_id`,
  );
  const [place] = rows;
  if (place === undefined) throw new Error('There is no place.');
  const { user_id, workspace_id, project_id, busy_project_id } = place;
  await owner.query('insert into tracker.users values ($1)', [user_id]);
  await owner.query(`insert into tracker.workspaces values ($1, 'Bench')`, [workspace_id]);
  await owner.query(`insert into tracker.memberships values ($1, $2, 'owner')`, [workspace_id, user_id]);
  await owner.query(`insert into tracker.projects values ($2, $1, 'OLD', $4), ($3, $1, 'NEW', 0)`, [
    workspace_id,
    project_id,
    busy_project_id,
    tickets,
  ]);
  await owner.query(
    `insert into tracker.transitions select p, f, t
     from unnest($1::uuid[]) p, unnest(array['open', 'in_progress', 'resolved', 'closed']) f,
       unnest(array['open', 'in_progress', 'resolved', 'closed']) t where f <> t`,
    [[project_id, busy_project_id]],
  );
  await owner.query(
    `insert into tracker.tickets (workspace_id, project_id, number, title, description, status, priority, labels, assignee_id,
       reporter_id, created_at, updated_at)
     select $1, $2, n, 'Ticket number ' || n, repeat('What happens, and what should. ', 8),
       case when n % 10 = 0 then 'closed' when n % 5 = 1 then 'in_progress' else 'open' end,
       (array['none', 'low', 'medium', 'high', 'urgent'])[1 + n % 5], array['bench'], case when n % 3 = 0 then $3::uuid end, $3, at, at
     from generate_series(1, $4::integer) n
     cross join lateral (select timestamptz '2026-01-01Z' + n * interval '1 second' as at) s`,
    [workspace_id, project_id, user_id, tickets],
  );
  await owner.query('analyze');
  return place;
}

interface Movable {
  id: string;
  status: string;
}

const shown = 'rowId number title status priority labels assigneeId reporterId createdAt updatedAt';
const queries = {
  list: `query List($workspace: UUID!, $status: String!) {
    allTickets(condition: { workspaceId: $workspace, status: $status }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC], first: 50) {
      nodes { ${shown} } pageInfo { hasNextPage endCursor } } }`,
  read: `query Read($id: UUID!) { ticketByRowId(rowId: $id) { ${shown} description } }`,
  create: `mutation Create($input: OpenTicketInput!) { openTicket(input: $input) { result { ${shown} description } } }`,
  transition: `mutation Step($input: UpdateTicketByRowIdInput!) { updateTicketByRowId(input: $input) { ticket { ${shown} description } } }`,
};

const ask = (query: string, variables: object): WireRequest => ({
  method: 'POST',
  path: '/graphql',
  body: { query, variables },
});
const right = ({ status, text }: WireAnswer) =>
  status === 200 && !text.includes('"errors"') && text.includes('"rowId"');

/** The loads that PostGraphile supports, under the names of Baton's. */
function makeScenarios(rows: readonly Movable[], place: PeerPlace, connections: number): Scenario[] {
  const { workspace_id, busy_project_id } = place;
  const random = new Random(1);
  const description = 'What happens, and what should. '.repeat(8);
  return [
    {
      name: 'list',
      says: 'a page of 50',
      next: () => ({ request: ask(queries.list, { workspace: workspace_id, status: 'open' }), right }),
    },
    {
      name: 'read',
      says: 'one ticket',
      next: () => ({ request: ask(queries.read, { id: random.pick(rows).id }), right }),
    },
    {
      name: 'create',
      says: 'a ticket, all of them in one project',
      next: () => {
        const input = { projectId: busy_project_id, title: 'A new ticket', description, priority: 'high' };
        return { request: ask(queries.create, { input }), right };
      },
    },
    {
      name: 'transition',
      says: 'a step of one of many tickets',
      next: (connection) => {
        const ticket = rows[random.below(Math.floor(rows.length / connections)) * connections + connection];
        if (ticket === undefined) throw new Error('There are too few tickets for so many connections.');
        const status = ticket.status === 'open' ? 'in_progress' : 'open';
        const moved = (answer: WireAnswer) => {
          if (right(answer)) ticket.status = status;
          return right(answer);
        };
        return {
          request: ask(queries.transition, { input: { rowId: ticket.id, ticketPatch: { status } } }),
          right: moved,
        };
      },
    },
  ];
}
