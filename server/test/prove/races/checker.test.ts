import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { violationsOf } from './checker.ts';
import type { History, Operation } from './history.ts';
import { simulate, toy_rules } from './simulate.ts';

type Acknowledged = Operation & { outcome: { kind: 'state' } };

const histories = 300;
const make = (seed: number) => simulate(new Random(seed), { operations: 80, clients: 5 });
const made = (history: History) => new Set(history.order);

const isAcknowledged = (operation: Operation): operation is Acknowledged => operation.outcome.kind === 'state';
const writes = (history: History) =>
  history.operations.filter(isAcknowledged).filter(({ id }) => made(history).has(id));
const reads = (history: History) =>
  history.operations.filter(isAcknowledged).filter(({ action }) => action.kind === 'read');

/** Pairs of writes of which the second began when the first had ended. */
function inSequence(history: History): [Acknowledged, Acknowledged] | undefined {
  for (const first of writes(history)) {
    const second = writes(history).find(({ start }) => start > first.end);
    if (second !== undefined) return [first, second];
  }
  return undefined;
}

/** Breaks a history in its own way; false where this history offers no occasion. */
const mutations: Record<string, (history: History) => boolean> = {
  'a lost update': (history) => {
    // A title that somebody was promised, and that nobody ever sees: the next writer saved the row as it had been.
    const edit = writes(history).find(({ action }) => action.kind === 'edit' && action.title !== undefined);
    const later = history.operations.filter(isAcknowledged);
    if (edit === undefined) return false;
    let seen = 0;
    for (const operation of later) {
      if (
        operation.outcome.version > edit.outcome.version &&
        operation.outcome.state.title === edit.outcome.state.title
      ) {
        operation.outcome = { ...operation.outcome, state: { ...operation.outcome.state, title: 'new' } };
        seen++;
      }
    }
    return seen > 0;
  },
  'a lost write': (history) => {
    const write = writes(history).at(-1);
    if (write === undefined) return false;
    history.order = history.order.filter((id) => id !== write.id);
    return true;
  },
  'a stale read': (history) => {
    for (const read of reads(history)) {
      const newer = writes(history).find(
        ({ end, outcome }) => end < read.start && outcome.version === read.outcome.version,
      );
      const older = writes(history).find(({ outcome }) => outcome.version < read.outcome.version);
      if (newer === undefined || older === undefined) continue;
      read.outcome = { ...older.outcome };
      return true;
    }
    return false;
  },
  'a read of the future': (history) => {
    for (const read of reads(history)) {
      const later = writes(history).find(({ start }) => start > read.end);
      if (later === undefined) continue;
      read.outcome = { ...later.outcome };
      return true;
    }
    return false;
  },
  'a dirty read': (history) => {
    const read = reads(history)[0];
    if (read === undefined) return false;
    read.outcome = { ...read.outcome, state: { ...read.outcome.state, title: 'never committed' } };
    return true;
  },
  'a write skew': (history) => {
    // Two writers, each on the version it expected to be the last; both are told yes.
    const [first, second] = inSequence(history) ?? [];
    if (first === undefined || second === undefined) return false;
    const to = second.outcome.state.status;
    second.action = { kind: 'transition', to, expected_version: first.outcome.version - 1 };
    return true;
  },
  'versions that run backwards': (history) => {
    const [first, second] = inSequence(history) ?? [];
    if (first === undefined || second === undefined) return false;
    const [a, b] = [first.outcome.version, second.outcome.version];
    first.outcome = { ...first.outcome, version: b };
    second.outcome = { ...second.outcome, version: a };
    history.order = history.order.map((id) => (id === first.id ? second.id : id === second.id ? first.id : id));
    return true;
  },
  'a write done twice': (history) => {
    const write = writes(history).at(-1);
    if (write === undefined) return false;
    history.order.push(write.id);
    return true;
  },
  'a step that the workflow does not have': (history) => {
    const write = writes(history).find(({ action }) => action.kind === 'transition');
    if (write === undefined) return false;
    write.action = { kind: 'transition', to: 'done' };
    write.outcome = { ...write.outcome, state: { ...write.outcome.state, status: 'nowhere' } };
    return true;
  },
  'a refusal without a reason': (history) => {
    const write = writes(history).find(({ action }) => action.kind === 'transition');
    if (write === undefined) return false;
    const { version } = write.outcome;
    write.outcome = { kind: 'refused', code: 'transition_not_allowed', version } as never;
    return true;
  },
  'a ticket not found that was never gone': (history) => {
    const deletes = history.operations.some(({ action }) => action.kind === 'delete');
    const read = reads(history)[0];
    if (read === undefined || deletes) return false;
    read.outcome = { kind: 'gone' } as never;
    return true;
  },
};

describe('the checker', () => {
  test(`accepts ${histories} histories that one hand after the other made`, () => {
    for (let seed = 0; seed < histories; seed++)
      expect([seed, violationsOf(make(seed), toy_rules)]).toEqual([seed, []]);
  });

  test.each(Object.keys(mutations))('finds %s, every time', (name) => {
    let mutants = 0;
    for (let seed = 0; seed < histories; seed++) {
      const size = name.includes('never gone') ? 12 : 80; // short ones hold no delete
      const history = simulate(new Random(seed), { operations: size, clients: 5 });
      if (mutations[name]?.(history) !== true) continue;
      mutants++;
      expect([seed, violationsOf(history, toy_rules).length > 0]).toEqual([seed, true]);
    }
    expect(mutants).toBeGreaterThan(20);
  });
});
