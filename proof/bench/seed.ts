import type pg from 'pg';
import { joinWorkspace, type Person } from '../harness/people.ts';
import type { WorkflowDefinition } from '../../server/src/projects/workflow-definition.ts';

/** A workspace of the benchmark with its projects and tickets. */
export interface Place {
  workspace_id: string;
  /** The project with the existing tickets, and the one in which new ones are created. */
  project_id: string;
  busy_project_id: string;
  /** The ticket that all connections change. */
  hot_ticket_id: string;
  tickets: number;
}

const hot_statuses = 12;

/** A workflow in which every status leads to every other, so that a step is legal from any status of the hot ticket. */
export function hotWorkflow(): WorkflowDefinition {
  const keys = Array.from({ length: hot_statuses }, (_, n) => `s${n}`);
  return {
    statuses: keys.map((key) => ({ key, name: key, category: 'in_progress' })),
    initial: keys.slice(0, 1),
    transitions: keys.flatMap((from) =>
      keys.filter((to) => to !== from).map((to) => ({ from, to, roles: ['owner', 'admin', 'member'], requires: [] })),
    ),
    resolutions: [],
  };
}

/**
 * Creates a workspace through the API, and its tickets by SQL: a million through the API would take an hour. Every third ticket
 * is assigned to the person, or all are assigned to `assignee`.
 */
export async function seedPlace(owner: pg.Pool, person: Person, tickets: number, assignee?: Person): Promise<Place> {
  const { client, user } = person;
  const { id: workspace_id } = await client.create_workspace({ body: { name: `Bench ${tickets}` } });
  const project = (key: string, workflow: 'strict' | 'standard' | WorkflowDefinition) =>
    client.create_project({ workspace_id, body: { key, name: key, workflow } });
  const { id: project_id } = await project('OLD', 'standard');
  const { id: busy_project_id } = await project('NEW', 'standard');
  const { id: hot_project_id } = await project('HOT', hotWorkflow());
  const hot = await client.create_ticket({ workspace_id, project_id: hot_project_id, body: { title: 'Hot' } });
  if (assignee !== undefined) await joinWorkspace(person, assignee, workspace_id, 'member');
  await insertTickets(owner, { workspace_id, project_id, user_id: user.id, assignee_id: assignee?.user.id, tickets });
  return { workspace_id, project_id, busy_project_id, hot_ticket_id: hot.id, tickets };
}

interface Seed {
  workspace_id: string;
  project_id: string;
  user_id: string;
  assignee_id: string | undefined;
  tickets: number;
}

async function insertTickets(owner: pg.Pool, seed: Seed): Promise<void> {
  const { workspace_id, project_id, user_id, assignee_id = null, tickets } = seed;
  const client = await owner.connect();
  try {
    await client.query('begin');
    // One in ten is closed and one in five in progress, but none has moved, so the history is consistent.
    await client.query(
      `insert into tickets (workspace_id, id, project_id, number, title, description, initial_status, status, priority,
         labels, assignee_id, reporter_id, created_at, updated_at)
       select $1, gen_random_uuid(), $2, n, 'Ticket number ' || n, repeat('What happens, and what should. ', 8), s.status,
         s.status, (array['none', 'low', 'medium', 'high', 'urgent'])[1 + n % 5], array['bench'],
         coalesce($5::uuid, case when n % 3 = 0 then $3::uuid end), $3, at, at
       from generate_series(1, $4::integer) n
       cross join lateral (select case when n % 10 = 0 then 'closed' when n % 5 = 1 then 'in_progress' else 'open' end as status,
         timestamptz '2026-01-01Z' + n * interval '1 second' as at) s`,
      [workspace_id, project_id, user_id, tickets, assignee_id],
    );
    await client.query(
      `insert into ticket_labels (workspace_id, ticket_id, label, created_at)
       select workspace_id, id, unnest(labels), created_at from tickets where workspace_id = $1 and project_id = $2`,
      [workspace_id, project_id],
    );
    await client.query('update projects set last_number = $3 where workspace_id = $1 and id = $2', [
      workspace_id,
      project_id,
      tickets,
    ]);
    await client.query(
      `with head as (update event_heads set last_sequence = last_sequence + $3 where workspace_id = $1
         returning last_sequence - $3 as before)
       insert into events (workspace_id, sequence, id, actor_id, action, subject_type, subject_id, subject_version, after,
         request_id, created_at)
       select workspace_id, head.before + number, gen_random_uuid(), reporter_id, 'ticket.created', 'ticket', id, 1, '{}',
         'bench', created_at
       from tickets, head where workspace_id = $1 and project_id = $2`,
      [workspace_id, project_id, tickets],
    );
    await client.query('commit');
    await client.query('analyze tickets, ticket_labels, events');
  } finally {
    client.release();
  }
}
