import type { Random } from '../random.ts';
import type { Action, History, Operation, Outcome, Rules, TicketState } from './history.ts';
import { same, step } from './model.ts';

/** A small workflow with steps that are there, and steps that aren't. */
export const toy_rules: Rules = {
  initial: 'open',
  steps: new Set(['open doing', 'doing open', 'doing done', 'done open']),
  done: new Set(['done']),
};

function anyAction(random: Random, id: string, seen: number): Action {
  const kind = random.pick(['read', 'read', 'transition', 'transition', 'edit', 'edit', 'assign', 'delete', 'restore']);
  switch (kind) {
    case 'transition':
      return {
        kind,
        to: random.pick(['open', 'doing', 'done']),
        ...(random.chance(0.3) ? { expected_version: Math.max(1, seen - random.below(2)) } : {}),
      };
    case 'edit': {
      const base = Math.max(1, seen - random.below(3));
      return random.chance(0.5)
        ? { kind, base, title: `title of ${id}` }
        : { kind, base, priority: random.pick(['low', 'high', 'urgent']) };
    }
    case 'assign':
      return { kind, assignee_id: random.pick(['ada', 'grace', null]) };
    default:
      return { kind } as Action;
  }
}

interface Pending {
  id: string;
  start: number;
  end: number;
  /** When it takes effect: somewhere between. */
  at: number;
  lost: boolean;
}

/** A history that one hand after the other made, as `clients` saw it whose calls overlap; some never hear back. */
export function simulate(random: Random, size: { operations: number; clients: number }): History {
  const clocks = Array.from({ length: size.clients }, () => 1 + random.next());
  const pending: Pending[] = [{ id: 'o0', start: 0, at: 0.5, end: 1, lost: false }];
  for (let n = 1; n < size.operations; n++) {
    const client = random.below(size.clients);
    const start = (clocks[client] ?? 0) + random.next();
    const end = start + 4 * random.next();
    clocks[client] = end;
    pending.push({ id: `o${n}`, start, at: start + (end - start) * random.next(), end, lost: random.chance(0.03) });
  }
  const states: (TicketState | undefined)[] = [undefined];
  const order: string[] = [];
  const operations = pending
    .toSorted((a, b) => a.at - b.at)
    .map((call, index): Operation => {
      const version = states.length - 1;
      const action: Action = index === 0 ? { kind: 'create', title: 'new' } : anyAction(random, call.id, version);
      const result = step(action, states, version, toy_rules);
      let outcome: Outcome;
      if (result === 'gone') outcome = { kind: 'gone' };
      else if ('code' in result) outcome = { kind: 'refused', code: result.code, version };
      else {
        const changes = !same(result.state, states[version]);
        if (changes) {
          states.push(result.state);
          order.push(call.id);
        }
        outcome = { kind: 'state', version: version + (changes ? 1 : 0), state: result.state };
        if (action.kind === 'delete') outcome = { kind: 'done' };
      }
      const { id, start } = call;
      if (call.lost && index > 0) return { id, start, end: Infinity, action, outcome: { kind: 'unknown' } };
      return { id, start, end: call.end, action, outcome };
    });
  return { operations, order };
}
