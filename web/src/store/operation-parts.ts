import type { Operation } from './decide.ts';
import type { Outbox, Outcome } from './outcome.ts';
import type { Tickets } from './tickets.ts';

/** What operations are sent and kept with. */
export interface Parts {
  tickets: Tickets;
  outbox: Outbox;
  send: (operation: Operation) => Promise<Outcome>;
  /** Sends several of one act in one request, under its key; gives what came of each, in their order. */
  sendTogether: (operations: readonly Operation[], key: string) => Promise<Outcome[]>;
  /** Reads the ticket again, and gives it to the tickets. */
  read: (ticket: Pick<Operation, 'workspace_id' | 'ticket_id'>) => Promise<void>;
  now?: () => number;
  newId?: () => string;
  /** Waits before the next try; the function it returns ends the wait. */
  wait?: (ms: number, then: () => void) => () => void;
}
