import type { Ticket } from 'baton-sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply, changedLabels, type Change } from './changes.ts';
import { laidOver, type Operation } from './decide.ts';
import type { Outcome } from './outcome.ts';
import { makeRefusal, makeTicket, makeWorld, settle } from './testing.ts';

const steps: Record<string, string[]> = {
  open: ['in_progress'],
  in_progress: ['open', 'resolved'],
  resolved: ['open'],
};
const categories: Record<string, Ticket['status_category']> = { open: 'todo', resolved: 'done' };
const categoryOf = (status: string) => categories[status] ?? 'in_progress';

type Values = Partial<Pick<Ticket, 'title' | 'priority' | 'due_on' | 'labels' | 'assignee_id' | 'status'>>;

/** The server's rules for one ticket, as its documents state them. */
class Model {
  readonly versions: Ticket[] = [makeTicket()];
  readonly #responses = new Map<string, Outcome>();
  /** The ids of the operations that were done, in order. */
  readonly done: string[] = [];

  get ticket(): Ticket {
    return this.versions.at(-1) as Ticket;
  }

  change(values: Values): Ticket {
    const { ticket } = this;
    const after = { ...ticket, ...values };
    if (JSON.stringify(after) === JSON.stringify(ticket)) return ticket;
    const { status } = after;
    const derived = { status_category: categoryOf(status), allowed_transitions: steps[status] ?? [] };
    const { version, updated_at, last_activity_at } = makeTicket({ version: ticket.version + 1 });
    this.versions.push({ ...after, ...derived, version, updated_at, last_activity_at });
    return this.ticket;
  }

  /** Performs a write once per key, or refuses it. */
  write({ id, key, change, base_version }: Operation): Outcome {
    const known = this.#responses.get(key);
    if (known !== undefined) return known;
    const outcome = this.#decide(change, base_version);
    if (outcome.kind === 'done') {
      this.#responses.set(key, outcome);
      this.done.push(id);
    }
    return outcome;
  }

  #decide(change: Change, base_version: number): Outcome {
    const { ticket } = this;
    const done = (values: Values): Outcome => ({ kind: 'done', ticket: this.change(values) });
    const current = { current_version: ticket.version, current_status: ticket.status, assignee_id: ticket.assignee_id };
    switch (change.kind) {
      case 'edit': {
        const base = this.versions[base_version - 1]?.[change.field];
        const was_touched = this.versions.slice(base_version).some((one) => one[change.field] !== base);
        if (ticket[change.field] === change.value || !was_touched) return done({ [change.field]: change.value });
        const fields = { [change.field]: { base, mine: change.value, theirs: ticket[change.field] } };
        return makeRefusal('edit_conflict', { current_version: ticket.version, fields });
      }
      case 'labels':
        return done({ labels: changedLabels(ticket.labels, change.add, change.remove) });
      case 'assign':
        if (base_version !== ticket.version) return makeRefusal('conflict', current);
        return done({ assignee_id: change.assignee_id });
      case 'transition': {
        const allowed_transitions = steps[ticket.status] ?? [];
        if (base_version !== ticket.version) return makeRefusal('conflict', { ...current, allowed_transitions });
        if (!allowed_transitions.includes(change.to)) {
          return makeRefusal('transition_not_allowed', { ...current, allowed_transitions });
        }
        return done({ status: change.to });
      }
      case 'comment':
      case 'place':
      case 'delete':
      case 'restore':
        throw new Error(`The model knows nothing of ${change.kind}.`);
    }
  }
}

const title = fc.constantFrom('a', 'b', 'c');
const due_on = fc.constantFrom(null, '2026-12-04', '2026-12-05');
const person = fc.constantFrom(null, 'ada', 'kim');
const label = fc.constantFrom('crane', 'ui');
const action = fc.oneof(
  fc.record({ do: fc.constant('title' as const), title }),
  fc.record({ do: fc.constant('due_on' as const), due_on }),
  fc.record({ do: fc.constant('assign' as const), person }),
  fc.record({ do: fc.constant('label' as const), label, on: fc.boolean() }),
  fc.record({ do: fc.constant('step' as const), which: fc.nat(1) }),
  fc.record({ do: fc.constant('theirs' as const), title, due_on, person, label, which: fc.nat(4) }),
  fc.record({ do: fc.constant('respond' as const), how: fc.constantFrom('well', 'well', 'lost', 'unreached') }),
  fc.record({ do: fc.constant('tick' as const) }),
  fc.record({ do: fc.constant('late' as const), behind: fc.nat(3) }),
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

function mine(action: Action, ticket: Ticket): Change | undefined {
  switch (action.do) {
    case 'title':
      return { kind: 'edit', field: 'title', value: action.title };
    case 'due_on':
      return { kind: 'edit', field: 'due_on', value: action.due_on };
    case 'assign':
      return { kind: 'assign', assignee_id: action.person, was: ticket.assignee_id };
    case 'label':
      return { kind: 'labels', add: action.on ? [action.label] : [], remove: action.on ? [] : [action.label] };
    case 'step': {
      const to = ticket.allowed_transitions[action.which % ticket.allowed_transitions.length];
      if (to === undefined) return undefined;
      return { kind: 'transition', from: ticket.status, to, category: categoryOf(to), next: steps[to] ?? [] };
    }
    case 'theirs':
    case 'respond':
    case 'tick':
    case 'late':
      return undefined;
  }
}

function theirs(model: Model, action: Extract<Action, { do: 'theirs' }>): void {
  const { ticket } = model;
  const values: Values[] = [
    { title: action.title },
    { due_on: action.due_on },
    { assignee_id: action.person },
    { labels: [action.label] },
    { status: ticket.allowed_transitions[0] ?? ticket.status },
  ];
  model.change(values[action.which] ?? {});
}

/** A person, a server, and other people who change the same ticket, over a connection on which anything may happen. */
class Play {
  readonly model = new Model();
  readonly world = makeWorld(this.model.ticket);
  /** The newest version that has arrived, tracked independently. */
  received = 1;
  #responded = 0;

  async act(action: Action): Promise<void> {
    const change = mine(action, this.world.shown() as Ticket);
    if (change !== undefined) this.world.operations.add(this.world.at, change, this.received);
    if (action.do === 'theirs') theirs(this.model, action);
    if (action.do === 'respond') await this.respond(action.how);
    if (action.do === 'tick') await this.tick();
    if (action.do === 'late') this.#receive(this.model.versions.at(-1 - action.behind));
  }

  async tick(): Promise<void> {
    this.world.timers[0]?.();
    await settle();
  }

  #receive(ticket: Ticket | undefined): void {
    if (ticket === undefined) return;
    this.world.tickets.receive([ticket], this.world.tickets.ask());
    this.received = Math.max(this.received, ticket.version);
  }

  async respond(how: 'well' | 'lost' | 'unreached'): Promise<void> {
    const request = this.world.sent[this.#responded];
    if (request === undefined) return;
    this.#responded++;
    const outcome = how === 'unreached' ? undefined : this.model.write(request.operation);
    if (how !== 'well' || outcome === undefined) return request.respond({ kind: 'later', cause: 'unreachable' });
    this.world.serve(this.model.ticket);
    await request.respond(outcome);
    const read = this.world.reads.splice(0).length > 0 ? this.model.ticket.version : 0;
    const told = outcome.kind === 'done' ? (outcome.ticket?.version ?? 0) : 0;
    this.received = Math.max(this.received, read, told);
  }

  /** Checks that the page shows the newest version that has arrived, with the unsent changes on top in order. */
  check(): void {
    const newest = this.model.versions[this.received - 1] as Ticket;
    const expected = laidOver(this.world.queue()).reduce(apply, newest);
    expect(this.world.shown()).toMatchObject({ ...expected, version: this.received });
  }
}

test('in any order of events, the newest known ticket is shown with the unsent changes, and no change is lost or done twice', async () => {
  const plays = fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
    const play = new Play();
    for (const action of actions) {
      await play.act(action);
      play.check();
    }
    const { operations } = play.world;
    const isOpen = ({ refusal }: Operation) => refusal === undefined;
    for (let turn = 0; operations.all().some(isOpen) && turn < 1_000; turn++) {
      await play.respond('well');
      await play.tick();
    }
    play.check();
    expect(operations.all().filter(isOpen)).toEqual([]);
    const { done } = play.model;
    expect(new Set(done).size).toBe(done.length);
    expect([...play.world.kept.keys()].toSorted()).toEqual(
      operations
        .all()
        .map(({ id }) => id)
        .toSorted(),
    );
  });
  await fc.assert(plays, { numRuns: 300 });
});
