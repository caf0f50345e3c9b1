import type { History, Operation, Rules } from './history.ts';
import { same, step, Versions } from './model.ts';

/** The parts of the checker: writes must obey the rules, responses must match the writes, and both must agree with the clock. */
export type Part = 'rules' | 'answers' | 'time';

/**
 * Returns what in a ticket's history no order of single steps explains; empty if the history is linearizable (Herlihy and Wing
 * 1990).
 *
 * Every write has a version and nearly every response names one, so the order is known and needs no search: writes by version,
 * each response after the write whose version it saw. It remains to check that this order agrees with real time, that the rules
 * allow each write after the one before, and that each response is true of the version it names. A response that names no version
 * is placed at the first version that explains it, which leaves the most room for all later ones. The time is linear, apart from
 * sorting and from the versions produced while a response without a version was in progress.
 */
export function violationsOf(history: History, rules: Rules, blind_to?: Part): string[] {
  const found: Record<Part, string[]> = { rules: [], answers: [], time: [] };
  const by_id = new Map(history.operations.map((operation) => [operation.id, operation]));
  const version_of = new Map<string, number>();
  history.order.forEach((id, index) => {
    if (version_of.has(id)) found.rules.push(`${id} produced versions ${version_of.get(id)} and ${index + 1}`);
    version_of.set(id, index + 1);
  });
  const states = replay(history, by_id, rules, found.rules);
  for (const operation of history.operations) {
    judge(operation, version_of.get(operation.id), states, rules, found.answers);
  }
  // Times of versions mean something only if the versions themselves are right.
  if (found.rules.length + found.answers.length === 0) {
    const starts = history.order.map((id) => by_id.get(id)?.start ?? -Infinity);
    followTime({ operations: history.operations, version_of, states, rules, starts }, found.time);
  }
  return (['rules', 'answers', 'time'] as const).flatMap((part) => (part === blind_to ? [] : found[part]));
}

/**
 * Applies the writes one after the other and returns the state after each version; a write that the rules forbid is a violation.
 */
function replay(history: History, by_id: Map<string, Operation>, rules: Rules, found: string[]): Versions {
  const states = new Versions();
  history.order.forEach((id, index) => {
    const operation = by_id.get(id);
    const before = states.at(index);
    const result = operation === undefined ? 'gone' : step(operation.action, states, index, rules);
    if (operation === undefined) found.push(`version ${index + 1} was produced by ${id}, which nobody sent`);
    else if (result === 'gone' || 'code' in result) {
      found.push(`version ${index + 1}: ${operation.action.kind} took effect where the rules say ${say(result)}`);
    } else if (same(result.state, before)) {
      found.push(`version ${index + 1}: ${operation.action.kind} produced a version that changes nothing`);
    }
    states.push(result !== 'gone' && 'state' in result ? result.state : before);
  });
  return states;
}

const say = (result: ReturnType<typeof step>) =>
  result === 'gone' ? 'gone' : 'code' in result ? result.code : 'it is allowed';

/** Checks that what the response said is true of the version that it named. */
function judge(
  { id, action, outcome }: Operation,
  made: number | undefined,
  states: Versions,
  rules: Rules,
  found: string[],
): void {
  const fault = (text: string) => found.push(`${action.kind} ${id}: ${text}`);
  switch (outcome.kind) {
    case 'unknown':
      return;
    case 'gone':
      if (made !== undefined) fault(`responded 404, and produced version ${made}`);
      return;
    case 'done':
      if (action.kind === 'delete' && made === undefined) fault('acknowledged, and lost');
      if (action.kind === 'comment' && made !== undefined) fault('a comment produced a version');
      return;
    case 'refused': {
      if (made !== undefined) fault(`refused, and produced version ${made}`);
      if (outcome.version === undefined) return;
      const result = step(action, states, outcome.version, rules);
      if (result === 'gone' || !('code' in result) || result.code !== outcome.code) {
        fault(`refused by ${outcome.code} at version ${outcome.version}, where the rules say ${say(result)}`);
      }
      if (outcome.status !== undefined && outcome.status !== states.at(outcome.version)?.status) {
        fault(`named status ${outcome.status} at version ${outcome.version}`);
      }
      return;
    }
    case 'state': {
      const { version, state } = outcome;
      if (!same(state, states.at(version))) fault(`saw another version ${version} than was written`);
      if (action.kind === 'read') {
        if (made !== undefined) fault('a read produced a version');
      } else if (made !== undefined) {
        if (made !== version) fault(`acknowledged as version ${version}, produced ${made}`);
      } else {
        const result = step(action, states, version, rules);
        const changes = result === 'gone' || 'code' in result || !same(result.state, states.at(version));
        if (changes) fault(`acknowledged as version ${version}, and lost`);
      }
    }
  }
}

interface Course {
  operations: readonly Operation[];
  version_of: ReadonlyMap<string, number>;
  states: Versions;
  rules: Rules;
  /** When the call that produced each version began, from version 1 on. */
  starts: readonly number[];
}

/** Checks that every operation can come after all those that ended before it began. */
function followTime(course: Course, found: string[]): void {
  const { operations, version_of } = course;
  const by_start = operations.toSorted((a, b) => a.start - b.start);
  const position_of = new Map<string, number>();
  const by_end = operations.filter(({ end }) => end !== Infinity).toSorted((a, b) => a.end - b.end);
  let next = 0;
  let reached = 0; // the furthest position among the operations that ended before this one began
  for (const operation of by_start) {
    for (let done = by_end[next]; done !== undefined && done.end < operation.start; done = by_end[++next]) {
      reached = Math.max(reached, position_of.get(done.id) ?? 0);
    }
    const { id, action, outcome } = operation;
    const made = version_of.get(id);
    if (made === undefined && outcome.kind === 'unknown') continue;
    const position = made === undefined ? seenAt(operation, course, reached) : 2 * made;
    const last_seen = `version ${Math.floor(reached / 2)} was seen`;
    if (position === undefined) {
      found.push(`${action.kind} ${id}: ${outcome.kind}, which nothing explains from when ${last_seen} until it ended`);
      continue;
    }
    if (position < reached) {
      found.push(`${action.kind} ${id} stands at version ${Math.floor(position / 2)}, after ${last_seen}`);
    }
    position_of.set(id, position);
  }
}

/** The position of an operation that produced no version: right after the version it saw, or after the first that explains it. */
function seenAt({ action, outcome, end }: Operation, course: Course, reached: number): number | undefined {
  if ((outcome.kind === 'state' || outcome.kind === 'refused') && outcome.version !== undefined) {
    return 2 * outcome.version + 1;
  }
  const { states, rules, starts } = course;
  const first = Math.floor(reached / 2);
  for (let version = first; version <= states.last; version++) {
    // It can't have seen a version whose call began after this one ended.
    if (version > first && (starts[version - 1] ?? 0) > end) return undefined;
    const result = step(action, states, version, rules);
    const explains =
      outcome.kind === 'gone'
        ? result === 'gone'
        : outcome.kind === 'refused'
          ? result !== 'gone' && 'code' in result && result.code === outcome.code
          : result !== 'gone' && 'state' in result;
    if (explains) return 2 * version + 1;
  }
  return undefined;
}
