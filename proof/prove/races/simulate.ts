import type { Random } from '../random.ts';
import type { Action, History, Operation, Outcome, Rules } from './history.ts';
import { same, step, Versions } from './model.ts';

/** A small workflow in which some transitions exist and others don't. */
export const toy_rules: Rules = {
  initial: 'open',
  steps: new Set(['open doing', 'doing open', 'doing done', 'done open']),
  done: new Set(['done']),
};

function anyAction(random: Random, id: string, seen: number): Action {
  const kind = random.pick([
    'read',
    'read',
    'transition',
    'transition',
    'edit',
    'edit',
    'assign',
    'delete',
    'restore',
    'comment',
  ]);
  switch (kind) {
    case 'transition':
      return {
        kind,
        to: random.pick(['open', 'doing', 'done']),
        ...(random.chance(0.3) ? { version: Math.max(1, seen - random.below(2)) } : {}),
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

interface Call {
  id: string;
  start: number;
  end: number;
  /** When it takes effect: between start and end, or later if its response was lost; Infinity for never. */
  at: number;
  lost: boolean;
}

/** Generates overlapping calls. Of those without a response, some happen, some don't, and some happen late. */
function calls(random: Random, size: { operations: number; clients: number }): Call[] {
  const clocks = Array.from({ length: size.clients }, () => 1 + random.next());
  const all: Call[] = [{ id: 'o0', start: 0, at: 0.5, end: 1, lost: false }];
  for (let n = 1; n < size.operations; n++) {
    const client = random.below(size.clients);
    const start = (clocks[client] ?? 0) + random.next();
    const end = start + 4 * random.next();
    clocks[client] = end;
    const lost = random.chance(0.03);
    const until = lost ? end + 8 * random.next() : end;
    const at = lost && random.chance(0.3) ? Infinity : start + (until - start) * random.next();
    all.push({ id: `o${n}`, start, at, end: lost ? Infinity : end, lost });
  }
  return all;
}

/** Performs an action: what the client is told, and whether it produced a version. */
function perform(action: Action, states: Versions, random: Random): { outcome: Outcome; made: boolean } {
  const { last } = states;
  const result = step(action, states, last, toy_rules);
  if (result === 'gone') return { outcome: { kind: 'gone' }, made: false };
  if ('code' in result) {
    const told = random.chance(0.7) ? { version: last, status: states.at(last)?.status ?? '' } : {};
    return { outcome: { kind: 'refused', code: result.code, ...told }, made: false };
  }
  const made = !same(result.state, states.at(last));
  if (made) states.push(result.state);
  const silent = action.kind === 'delete' || action.kind === 'comment';
  return { outcome: silent ? { kind: 'done' } : { kind: 'state', version: states.last, state: result.state }, made };
}

/** A history with the state after each of its versions. */
export interface Simulated extends History {
  states: Versions;
}

/** Generates a correct history: calls take effect one at a time, but overlap as their clients see them. */
export function simulate(random: Random, size: { operations: number; clients: number }): Simulated {
  const states = new Versions();
  const order: string[] = [];
  const operations = calls(random, size)
    .toSorted((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ id, start, end, at, lost }, index): Operation => {
      const action: Action = index === 0 ? { kind: 'create', title: 'new' } : anyAction(random, id, states.last);
      if (at === Infinity) return { id, start, end, action, outcome: { kind: 'unknown' } };
      const { outcome, made } = perform(action, states, random);
      if (made) order.push(id);
      return { id, start, end, action, outcome: lost ? { kind: 'unknown' } : outcome };
    });
  return { operations, order, states };
}
