import type { StoredDraft } from './draft-texts.ts';
import type { DraftStorage } from './drafts.ts';
import type { Ticket } from 'baton-sdk';
import type { Operation, Refusal } from './decide.ts';
import { Operations } from './operations.ts';
import type { Outbox, Outcome } from './outcome.ts';
import { Tickets } from './tickets.ts';

/** Returns a ticket as the server would send it. */
export function makeTicket(fields: Partial<Ticket> = {}): Ticket {
  const version = fields.version ?? 1;
  const at = new Date(Date.UTC(2026, 0, 1, 0, version)).toISOString();
  return {
    id: '01990000-0000-7000-8000-000000000001',
    key: 'ENG-1',
    project_id: 'p',
    number: 1,
    title: 'The crane drops its load',
    description: '',
    status: 'open',
    status_category: 'todo',
    resolution: null,
    priority: 'none',
    labels: [],
    assignee_id: null,
    reporter_id: 'grace',
    due_on: null,
    rank: '7ffffffeV',
    version,
    created_at: '2026-01-01T00:00:00.000000Z',
    updated_at: at,
    last_activity_at: at,
    deleted_at: null,
    allowed_transitions: ['in_progress'],
    ...fields,
  };
}

interface SentTogether {
  operations: readonly Operation[];
  key: string;
  respond: (outcomes: Outcome[]) => Promise<void>;
}

interface Sent {
  operation: Operation;
  respond: (outcome: Outcome) => Promise<void>;
}

/** Waits until all resolved promises have run their callbacks: more turns than the longest chain needs. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

/** A disk for operations, and what is on it. `fill` sets whether it refuses to store more. */
function makeOutbox() {
  const kept = new Map<string, Operation>();
  let is_full = false;
  const outbox: Outbox = {
    put: async (one) => {
      if (is_full) throw new Error('QuotaExceededError');
      kept.set(one.id, one);
    },
    remove: async (id) => void kept.delete(id),
  };
  const fill = (full: boolean) => {
    is_full = full;
  };
  return { outbox, kept, fill };
}

/** Tickets and operations whose requests the test responds to, one by one. */
export function makeWorld(first = makeTicket()) {
  const tickets = new Tickets();
  tickets.receive([first], tickets.ask());
  const sent: Sent[] = [];
  const together: SentTogether[] = [];
  const { outbox, kept, fill } = makeOutbox();
  const reads: string[] = [];
  const timers: (() => void)[] = [];
  let read: Ticket | undefined;
  let ids = 0;
  const operations = new Operations({
    tickets,
    newId: () => `id-${++ids}`,
    now: () => 1_000,
    wait: (_ms, then) => {
      timers.push(then);
      return () => timers.splice(timers.indexOf(then), 1);
    },
    outbox,
    read: async ({ ticket_id }) => {
      reads.push(ticket_id);
      if (read !== undefined) tickets.receive([read], tickets.ask());
    },
    sendTogether: (several, key) =>
      new Promise((resolve) => {
        const respond = (outcomes: Outcome[]) => {
          resolve(outcomes);
          return settle();
        };
        together.push({ operations: several, key, respond });
      }),
    send: (operation) =>
      new Promise((resolve) => {
        const respond = (outcome: Outcome) => {
          resolve(outcome);
          return settle();
        };
        sent.push({ operation, respond });
      }),
  });
  const at = { workspace_id: 'w', ticket_id: first.id, ticket_key: first.key };
  return {
    tickets,
    operations,
    at,
    sent,
    /** The bulk requests. */
    together,
    kept,
    fill,
    reads,
    timers,
    /** Sets what the server returns from now on when the ticket is read. */
    serve: (ticket: Ticket) => {
      read = ticket;
    },
    shown: () => tickets.shown(first.id),
    /** Returns the request that waits for a response. */
    last: (): Sent => {
      const one = sent.at(-1);
      if (one === undefined) throw new Error('Nothing was sent.');
      return one;
    },
    queue: () => operations.of(first.id),
  };
}

/** Returns a refusal with a problem of this code. */
export function makeRefusal(code: string, fields: object = {}): Extract<Outcome, { kind: 'refused' }> {
  const problem = { type: `/docs/errors#${code}`, title: code, status: 409, code, ...fields } as Refusal['problem'];
  return { kind: 'refused', refusal: { code, problem, at: 1_000 } };
}

/** A storage of drafts in memory. */
export const draftStorage = (rows: Map<string, StoredDraft>): DraftStorage => ({
  update: async (key, change) => {
    const stored = change(rows.get(key));
    if (stored === undefined) rows.delete(key);
    else rows.set(key, structuredClone(stored));
  },
  entries: async (prefix) => [...rows].filter(([key]) => key.startsWith(prefix)),
});
