import type { Operation } from './decide.ts';
import type { Outbox, Outcome } from './outcome.ts';
import type { Tickets } from './tickets.ts';

/** The ticket that an operation changes. */
export type OfTicket = Pick<Operation, 'workspace_id' | 'ticket_id' | 'ticket_key'>;

/** The dependencies of `Operations`. */
export interface Parts {
  tickets: Tickets;
  outbox: Outbox;
  send: (operation: Operation) => Promise<Outcome>;
  /** Sends several operations of one act in one request, under its key. Returns their outcomes in the same order. */
  sendTogether: (operations: readonly Operation[], key: string) => Promise<Outcome[]>;
  /** Reads the ticket again into the store. */
  read: (ticket: Pick<Operation, 'workspace_id' | 'ticket_id'>) => Promise<void>;
  now?: () => number;
  newId?: () => string;
  /** Waits before the next attempt; the returned function cancels the wait. */
  wait?: (ms: number, then: () => void) => () => void;
}
