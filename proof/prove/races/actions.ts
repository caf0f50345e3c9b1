import type { Random } from '../random.ts';
import { any_version, type WireAnswer, type WireRequest } from '../../harness/wire.ts';
import type { Ticket } from '../../../sdk/index.ts';
import type { Action, Outcome, Rules, TicketState } from './history.ts';
import { presets } from '../../../server/src/projects/workflow-definition.ts';

const { standard } = presets;
const statuses = standard.statuses.map(({ key }) => key);

/** The workflow of the races. */
export const rules: Rules = {
  initial: standard.initial[0] ?? '',
  steps: new Set(standard.transitions.map(({ from, to }) => `${from} ${to}`)),
  done: new Set(standard.statuses.filter(({ category }) => category === 'done').map(({ key }) => key)),
};
export const all_pairs = statuses.length ** 2;

/** The relative frequency of each action. */
export type Mix = Readonly<Partial<Record<Action['kind'], number>>>;

function kindOf(random: Random, mix: Mix): Action['kind'] {
  const kinds = Object.entries(mix) as [Action['kind'], number][];
  let left = random.next() * kinds.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of kinds) {
    left -= weight;
    if (left < 0) return kind;
  }
  return 'read';
}

/** Chooses an action for a client that last saw the ticket at a version. */
export function chooseAction(random: Random, mix: Mix, about: { id: string; seen: number; people: string[] }): Action {
  const { id, seen, people } = about;
  const kind = kindOf(random, mix);
  switch (kind) {
    case 'transition': {
      const to = random.pick(statuses);
      return {
        kind,
        to,
        ...(rules.done.has(to) ? { resolution: random.pick(standard.resolutions) } : {}),
        ...(random.chance(0.2) ? { assignee_id: random.pick([...people, null]) } : {}),
        ...(random.chance(0.2) ? { version: seen } : {}),
      };
    }
    case 'edit':
      return random.chance(0.5)
        ? { kind, base: seen, title: `title of ${id}` }
        : { kind, base: seen, priority: random.pick(['low', 'medium', 'high', 'urgent']) };
    case 'assign':
      return { kind, assignee_id: random.pick([...people, null]) };
    case 'create':
      throw new Error('A race starts with a ticket.');
    case 'read':
    case 'delete':
    case 'restore':
    case 'comment':
      return { kind };
  }
}

/** The request for an action. */
export function requestFor(action: Action, ticket_path: string): WireRequest {
  switch (action.kind) {
    case 'create':
      throw new Error('A race starts with a ticket.');
    case 'read':
      return { method: 'GET', path: ticket_path };
    case 'transition': {
      const { kind: _, ...body } = action;
      return { method: 'POST', path: `${ticket_path}/transitions`, body };
    }
    case 'edit': {
      const { kind: _, base, ...fields } = action;
      return { method: 'PATCH', path: ticket_path, body: { ...fields, version: base } };
    }
    case 'assign':
      return {
        ...{ method: 'PUT', path: `${ticket_path}/assignee`, headers: any_version },
        body: { assignee_id: action.assignee_id },
      };
    case 'delete':
      return { method: 'DELETE', path: ticket_path };
    case 'restore':
      return { method: 'POST', path: `${ticket_path}/restore` };
    case 'comment':
      return { method: 'POST', path: `${ticket_path}/comments`, body: { body: 'A word.' } };
  }
}

function stateOf(ticket: Ticket): TicketState {
  const { status, resolution, assignee_id, title, priority, deleted_at } = ticket;
  return { status, resolution, assignee_id, title, priority, deleted: deleted_at !== null };
}

/** What the response says; undefined for one that no client should ever see. */
export function outcomeOf(action: Action, { status, text }: WireAnswer): Outcome | undefined {
  if (status === 204) return { kind: 'done' };
  const body = JSON.parse(text) as Record<string, unknown>;
  if (status < 300) {
    if (action.kind === 'comment') return { kind: 'done' };
    const ticket = (action.kind === 'transition' ? body['ticket'] : body) as Ticket;
    return { kind: 'state', version: ticket.version, state: stateOf(ticket) };
  }
  if (status === 404) return { kind: 'gone' };
  if (status !== 409 && status !== 403) return undefined;
  const { code, current_version, current_status } = body as {
    code: string;
    current_version?: number;
    current_status?: string;
  };
  return {
    kind: 'refused',
    code,
    ...(current_version === undefined ? {} : { version: current_version }),
    ...(current_status === undefined ? {} : { status: current_status }),
  };
}
