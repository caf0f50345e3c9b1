import type { Random } from '../random.ts';
import type { Action, Operation } from './history.ts';
import { type Simulated, toy_rules } from './simulate.ts';

type Acknowledged = Operation & { outcome: { kind: 'state' } };
type Refused = Operation & { outcome: { kind: 'refused'; version: number } };

/** Breaks a history so that no order explains it; returns false if the history offers no occasion. */
export type Mutation = (history: Simulated, random: Random) => boolean;

const isAcknowledged = (one: Operation): one is Acknowledged => one.outcome.kind === 'state';
const isRefused = (one: Operation): one is Refused =>
  one.outcome.kind === 'refused' && one.outcome.version !== undefined;

/** The acknowledged writes, ordered by version. */
function writes({ operations, order }: Simulated): Acknowledged[] {
  const made = new Set(order);
  return operations.filter(isAcknowledged).filter(({ id }) => made.has(id));
}

const reads = ({ operations }: Simulated) =>
  operations.filter(isAcknowledged).filter(({ action }) => action.kind === 'read');

/** Changes one of the suitable places, chosen at random. */
function anywhere<T>(random: Random, places: readonly T[], change: (place: T) => void): boolean {
  if (places.length === 0) return false;
  change(random.pick(places));
  return true;
}

/** Pairs in which the second call began after the first had ended; one second call for each first. */
function inTurn<A extends Operation, B extends Operation>(
  random: Random,
  firsts: readonly A[],
  seconds: readonly B[],
  suits: (first: A, second: B) => boolean = () => true,
): (readonly [A, B])[] {
  return firsts.flatMap((first) => {
    const later = seconds.filter((second) => second.start > first.end && suits(first, second));
    return later.length === 0 ? [] : [[first, random.pick(later)] as const];
  });
}

/** Whether the ticket existed, or was deleted, at every version that an operation can have seen. */
function throughout(history: Simulated, { start, end }: Operation, deleted: boolean): boolean {
  const { operations, order, states } = history;
  const version_of = new Map(order.map((id, index) => [id, index + 1]));
  const by_id = new Map(operations.map((one) => [one.id, one]));
  let version = 0;
  for (const one of operations) {
    if (one.end >= start) continue;
    const seen = 'version' in one.outcome ? (one.outcome.version ?? 0) : 0;
    version = Math.max(version, version_of.get(one.id) ?? seen);
  }
  for (; version <= states.last; version++) {
    if ((states.at(version)?.deleted ?? !deleted) !== deleted) return false;
    const next = by_id.get(order[version] ?? '');
    if (next === undefined || next.start > end) return true;
  }
  return true;
}

const tell = (operation: Operation, outcome: Operation['outcome']) => {
  operation.outcome = outcome;
};
const ask = (operation: Operation, action: Action) => {
  operation.action = action;
};

/** The histories of broken servers, by kind. */
export const mutations: Record<string, Mutation> = {
  'a lost update': (history, random) => {
    // A title that was acknowledged and that nobody ever sees: the next writer saved the row with the old one.
    const edits = writes(history).filter(({ action }) => action.kind === 'edit' && action.title !== undefined);
    const seenBy = ({ outcome }: Acknowledged) =>
      history.operations
        .filter(isAcknowledged)
        .filter((one) => one.outcome.version > outcome.version && one.outcome.state.title === outcome.state.title);
    const seen = edits.filter((edit) => seenBy(edit).length > 0);
    return anywhere(random, seen, (edit) => {
      for (const one of seenBy(edit)) {
        tell(one, { ...one.outcome, state: { ...one.outcome.state, title: 'as it had been' } });
      }
    });
  },
  'an acknowledged write that is lost': (history, random) =>
    anywhere(random, writes(history).slice(1), (write) => {
      history.order = history.order.filter((id) => id !== write.id);
    }),
  'a write acknowledged that never was': (history, random) => {
    const places = history.operations.filter(isRefused).flatMap((refused) => {
      const state = history.states.at(refused.outcome.version);
      return state === undefined ? [] : [{ refused, state, version: refused.outcome.version }];
    });
    return anywhere(random, places, ({ refused, state, version }) => tell(refused, { kind: 'state', version, state }));
  },
  'a write done twice': (history, random) =>
    anywhere(random, history.order, (id) => {
      history.order.splice(1 + random.below(history.order.length), 0, id);
    }),
  'a version that nobody asked for': (history, random) => {
    history.order.push(`nobody ${random.next()}`);
    return true;
  },
  'a stale read': (history, random) => {
    const older = (write: Acknowledged, than: number) => write.outcome.version < than;
    const all = writes(history);
    const pairs = inTurn(random, all.slice(1), reads(history));
    return anywhere(random, pairs, ([write, read]) => {
      const stale = random.pick(all.filter((one) => older(one, write.outcome.version)));
      tell(read, { ...stale.outcome });
    });
  },
  'a read of what is yet to be': (history, random) =>
    anywhere(random, inTurn(random, reads(history), writes(history)), ([read, later]) =>
      tell(read, { ...later.outcome }),
    ),
  'a dirty read': (history, random) => {
    // The title of an edit that was refused, rolled back, or never happened.
    const made = new Set(history.order);
    const titles = history.operations.flatMap(({ id, action }) =>
      action.kind === 'edit' && action.title !== undefined && !made.has(id) ? [action.title] : [],
    );
    if (titles.length === 0) return false;
    return anywhere(random, reads(history), (read) => {
      tell(read, { ...read.outcome, state: { ...read.outcome.state, title: random.pick(titles) } });
    });
  },
  'a write skew: two writers on the version that both expected to be the last': (history, random) => {
    const all = writes(history);
    return anywhere(random, inTurn(random, all, all), ([first, second]) => {
      const version = first.outcome.version - 1;
      ask(second, { kind: 'transition', to: second.outcome.state.status, version });
    });
  },
  'a write skew: two edits of one field on one base, both accepted': (history, random) => {
    const all = writes(history);
    const edits = all.filter(({ action }) => action.kind === 'edit' && action.title !== undefined);
    return anywhere(random, inTurn(random, edits, all), ([first, second]) => {
      ask(second, { kind: 'edit', base: first.outcome.version - 1, title: 'mine' });
      tell(second, { ...second.outcome, state: { ...second.outcome.state, title: 'mine' } });
    });
  },
  'versions that run backwards': (history, random) => {
    const all = writes(history);
    return anywhere(random, inTurn(random, all, all), ([first, second]) => {
      const [a, b] = [first.outcome.version, second.outcome.version];
      tell(first, { ...first.outcome, version: b });
      tell(second, { ...second.outcome, version: a });
      history.order = history.order.map((id) => (id === first.id ? second.id : id === second.id ? first.id : id));
    });
  },
  'a version given twice': (history, random) => {
    const all = writes(history);
    return anywhere(random, inTurn(random, all, all), ([first, second]) => tell(second, { ...first.outcome }));
  },
  'a write that took effect before it was asked for': (history, random) => {
    const all = writes(history);
    const seers = history.operations.filter(isAcknowledged);
    const pairs = all.flatMap((write) => {
      const later = seers.filter(({ id, outcome }) => id !== write.id && outcome.version >= write.outcome.version);
      return later.length === 0 ? [] : [[write, random.pick(later)] as const];
    });
    return anywhere(random, pairs, ([write, seer]) => {
      write.start = seer.end + random.next() + 0.001;
      write.end = write.start + random.next();
    });
  },
  'a step that the workflow does not have': (history, random) => {
    const steps = writes(history).filter(({ action }) => action.kind === 'transition');
    return anywhere(random, steps, (write) => {
      const from = history.states.at(write.outcome.version - 1)?.status ?? '';
      ask(write, { kind: 'transition', to: from });
    });
  },
  'a refusal of what took effect': (history, random) =>
    anywhere(random, writes(history).slice(1), (write) => {
      tell(write, { kind: 'refused', code: 'transition_not_allowed', version: write.outcome.version - 1 });
    }),
  'a refusal of what may be done': (history, random) =>
    anywhere(random, reads(history), (read) => {
      const { version, state } = read.outcome;
      const to = ['open', 'doing', 'done'].find((status) => toy_rules.steps.has(`${state.status} ${status}`)) ?? '';
      ask(read, { kind: 'transition', to });
      tell(read, { kind: 'refused', code: 'transition_not_allowed', version, status: state.status });
    }),
  'a refusal for another reason than there is': (history, random) =>
    anywhere(random, history.operations.filter(isRefused), (refused) => {
      const codes = ['conflict', 'edit_conflict', 'transition_not_allowed'];
      tell(refused, { ...refused.outcome, code: random.pick(codes.filter((code) => code !== refused.outcome.code)) });
    }),
  'a refusal that tells another status': (history, random) =>
    anywhere(random, history.operations.filter(isRefused), (refused) => {
      const others = ['open', 'doing', 'done'].filter((status) => status !== refused.outcome.status);
      tell(refused, { ...refused.outcome, status: random.pick(others) });
    }),
  'a 404 of a ticket that was there throughout': (history, random) =>
    anywhere(
      random,
      reads(history).filter((read) => throughout(history, read, false)),
      (read) => tell(read, { kind: 'gone' }),
    ),
  'a comment on a ticket that was gone throughout': (history, random) => {
    const gone = history.operations.filter(({ outcome }) => outcome.kind === 'gone');
    return anywhere(
      random,
      gone.filter((one) => throughout(history, one, true)),
      (one) => {
        ask(one, { kind: 'comment' });
        tell(one, { kind: 'done' });
      },
    );
  },
};
