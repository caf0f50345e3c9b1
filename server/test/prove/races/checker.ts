import type { History, Operation, Rules, TicketState } from './history.ts';
import { same, type States, step } from './model.ts';

/**
 * What of a ticket's history no order of single steps explains; nothing if it is linearizable (Herlihy and Wing 1990).
 *
 * Every write has a version and every answer names one, so the order is not searched for but known: writes by version,
 * each answer after the write whose version it saw. Left to check is that the order obeys real time, that each write is
 * what the rules make of the one before, and that each answer is true of the version it names. Linear, but for sorting.
 */
export function violationsOf(history: History, rules: Rules): string[] {
  const found: string[] = [];
  const by_id = new Map(history.operations.map((operation) => [operation.id, operation]));
  const version_of = new Map<string, number>();
  history.order.forEach((id, index) => {
    if (version_of.has(id)) found.push(`${id} made versions ${version_of.get(id)} and ${index + 1}`);
    version_of.set(id, index + 1);
  });
  const states = replay(history, by_id, rules, found);
  for (const operation of history.operations) judge(operation, version_of.get(operation.id), states, rules, found);
  if (found.length === 0) followTime(history.operations, version_of, states, rules, found);
  return found;
}

/** The states that the versions made, one upon the other; a write that the rules forbid is a violation. */
function replay(history: History, by_id: Map<string, Operation>, rules: Rules, found: string[]): States {
  const states: (TicketState | undefined)[] = [undefined];
  history.order.forEach((id, index) => {
    const operation = by_id.get(id);
    const before = states[index];
    if (operation === undefined) {
      found.push(`version ${index + 1} was made by ${id}, which nobody sent`);
      states.push(before);
      return;
    }
    const result = step(operation.action, states, index, rules);
    if (result !== 'gone' && 'state' in result) states.push(result.state);
    else {
      found.push(`version ${index + 1}: ${operation.action.kind} took effect where the rules say ${say(result)}`);
      states.push(before);
    }
  });
  return states;
}

const say = (result: ReturnType<typeof step>) =>
  result === 'gone' ? 'gone' : 'code' in result ? result.code : 'it may';

/** Whether what the client was told is true of the version it was told about. */
function judge(
  { id, action, outcome }: Operation,
  made: number | undefined,
  states: States,
  rules: Rules,
  found: string[],
): void {
  const fault = (text: string) => found.push(`${action.kind} ${id}: ${text}`);
  switch (outcome.kind) {
    case 'unknown':
      return;
    case 'gone':
      if (made !== undefined) fault(`answered 404, and made version ${made}`);
      return;
    case 'done':
      if (action.kind === 'delete' && made === undefined) fault('acknowledged, and lost');
      return;
    case 'refused': {
      if (made !== undefined) fault(`refused, and made version ${made}`);
      if (outcome.version === undefined) return;
      const result = step(action, states, outcome.version, rules);
      if (result === 'gone' || !('code' in result)) fault(`refused at version ${outcome.version}, where it may`);
      if (outcome.status !== undefined && outcome.status !== states[outcome.version]?.status) {
        fault(`told of status ${outcome.status} at version ${outcome.version}`);
      }
      return;
    }
    case 'state': {
      const { version, state } = outcome;
      if (!same(state, states[version])) fault(`saw another version ${version} than was made`);
      if (action.kind === 'read') {
        if (made !== undefined) fault('a read made a version');
      } else if (made !== undefined) {
        if (made !== version) fault(`acknowledged as version ${version}, made ${made}`);
      } else {
        const result = step(action, states, version, rules);
        const changes = result === 'gone' || 'code' in result || !same(result.state, states[version]);
        if (changes) fault(`acknowledged as version ${version}, and lost`);
      }
    }
  }
}

/** Whether every operation can stand after all those that had ended before it began. */
function followTime(
  operations: readonly Operation[],
  version_of: ReadonlyMap<string, number>,
  states: States,
  rules: Rules,
  found: string[],
): void {
  const by_start = operations.toSorted((a, b) => a.start - b.start);
  const position_of = new Map<string, number>();
  const by_end = operations.filter(({ end }) => end !== Infinity).toSorted((a, b) => a.end - b.end);
  let next = 0;
  let reached = 0; // the furthest position among the operations that ended before this one began
  for (const operation of by_start) {
    for (let done = by_end[next]; done !== undefined && done.end < operation.start; done = by_end[++next]) {
      reached = Math.max(reached, position_of.get(done.id) ?? 0);
    }
    const made = version_of.get(operation.id);
    const position = made === undefined ? seenAt(operation, states, rules, reached) : 2 * made;
    if (position === undefined) continue;
    if (position < reached) {
      found.push(
        `${operation.action.kind} ${operation.id} stands at version ${position / 2}, after version ${reached / 2} was seen`,
      );
    }
    position_of.set(operation.id, position);
  }
}

/** Where an operation that made no version stands: right after the version it saw; the earliest that explains it. */
function seenAt({ action, outcome }: Operation, states: States, rules: Rules, reached: number): number | undefined {
  if (outcome.kind === 'unknown') return undefined;
  if ((outcome.kind === 'state' || outcome.kind === 'refused') && outcome.version !== undefined) {
    return 2 * outcome.version + 1;
  }
  for (let version = Math.floor(reached / 2); version < states.length; version++) {
    const result = step(action, states, version, rules);
    const explains =
      outcome.kind === 'gone'
        ? result === 'gone'
        : outcome.kind === 'refused'
          ? result !== 'gone' && 'code' in result && result.code === outcome.code
          : result !== 'gone' && 'state' in result;
    if (explains) return 2 * version + 1;
  }
  return -1;
}
