import type { Comment } from 'baton-sdk';
import type { ReceivedTicket } from './changes.ts';
import type { Operation, Refusal } from './decide.ts';

/** The outcome of sending an operation. */
export type Outcome =
  | { kind: 'done'; ticket?: ReceivedTicket; comment?: Comment; deleted?: true }
  | { kind: 'refused'; refusal: Refusal }
  /** The outcome is unknown, or nothing has happened yet: it is sent again under the same key. */
  | { kind: 'later'; cause: Cause };
export type Cause = 'unreachable' | 'session';

/** Stores operations on the disk, so that none is lost when the page closes. */
export interface Outbox {
  put: (operation: Operation) => Promise<void>;
  remove: (id: string) => Promise<void>;
}

/** Why nothing is sent at the moment. */
export interface Pause {
  cause: Cause;
  since: number;
  /** When the next automatic retry runs. */
  next_at?: number | undefined;
}

/** Called when an operation was done or refused. */
export type Settled = (operation: Operation, outcome: Exclude<Outcome, { kind: 'later' }>) => void;
