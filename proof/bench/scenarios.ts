import type pg from 'pg';
import type { WireAnswer, WireRequest } from '../harness/wire.ts';
import type { Person } from '../harness/people.ts';
import { Random } from '../prove/random.ts';
import type { Place } from './seed.ts';

/** One kind of load: the next request of each connection, and whether its response is right. */
export interface Scenario {
  name: string;
  says: string;
  next: (connection: number) => { request: WireRequest; right: (answer: WireAnswer) => boolean };
}

const ok = ({ status }: WireAnswer) => status < 300;

function toBody(method: string, path: string, body?: unknown): WireRequest {
  return body === undefined ? { method, path } : { method, path, body };
}

interface Movable {
  id: string;
  status: string;
}

/** Each connection has its own tickets and knows their statuses, so every transition is legal. */
function spreadSteps(tickets: readonly Movable[], connections: number, path: string, random: Random): Scenario['next'] {
  return (connection) => {
    const mine = random.below(Math.floor(tickets.length / connections)) * connections + connection;
    const ticket = tickets[mine];
    if (ticket === undefined) throw new Error('There are too few tickets for so many connections.');
    const to = ticket.status === 'open' ? 'in_progress' : 'open';
    const right = (answer: WireAnswer) => {
      if (answer.status === 201) ticket.status = to;
      return answer.status === 201;
    };
    return { request: toBody('POST', `${path}/tickets/${ticket.id}/transitions`, { to }), right };
  };
}

/** The loads of a run, on the tickets of a place. */
export async function makeScenarios(
  owner: pg.Pool,
  place: Place,
  people: { person: Person; connections: number },
): Promise<Scenario[]> {
  const { person, connections } = people;
  const { workspace_id, project_id, busy_project_id, hot_ticket_id } = place;
  const random = new Random(1);
  const path = `/v1/workspaces/${workspace_id}`;
  const { rows } = await owner.query<Movable>(
    `select id, status from tickets where workspace_id = $1 and project_id = $2 and status <> 'closed' order by number`,
    [workspace_id, project_id],
  );
  const description = 'What happens, and what should. '.repeat(8);
  return [
    {
      name: 'list',
      says: `a page of 50 of ${place.tickets.toLocaleString('en')} tickets, filtered by status`,
      next: () => ({ request: toBody('GET', `${path}/tickets?status=open&limit=50`), right: ok }),
    },
    {
      name: 'read',
      says: 'one ticket',
      next: () => ({ request: toBody('GET', `${path}/tickets/${random.pick(rows).id}`), right: ok }),
    },
    {
      name: 'create',
      says: 'a ticket; all are in one project',
      next: () => {
        const body = { title: 'A new ticket', description, priority: 'high' };
        return { request: toBody('POST', `${path}/projects/${busy_project_id}/tickets`, body), right: ok };
      },
    },
    {
      name: 'transition',
      says: 'a transition of one of many tickets',
      next: spreadSteps(rows, connections, path, random),
    },
    {
      name: 'transition, one hot ticket',
      says: 'every connection moves the same ticket to a random one of 12 statuses; its present one is refused',
      next: () => ({
        request: toBody('POST', `${path}/tickets/${hot_ticket_id}/transitions`, { to: `s${random.below(12)}` }),
        right: ({ status }) => status === 201 || status === 409,
      }),
    },
    {
      name: 'login',
      says: 'bcrypt with cost 10',
      next: () => {
        const body = { email: person.email, password: person.password };
        return { request: toBody('POST', '/v1/auth/login', body), right: ok };
      },
    },
  ];
}
