import type { Comment } from 'baton-sdk';
import type { ReceivedTicket } from './changes.ts';
import type { Operation, Refusal } from './decide.ts';

/** What came of sending an operation. */
export type Outcome =
  | { kind: 'done'; ticket?: ReceivedTicket; comment?: Comment; deleted?: true }
  | { kind: 'refused'; refusal: Refusal }
  /** Nobody knows, or nothing happened yet: it is sent again under its key. */
  | { kind: 'later'; cause: Cause };
export type Cause = 'unreachable' | 'session';

/** Keeps operations on the disk, so that none is lost with the page. */
export interface Outbox {
  put: (operation: Operation) => Promise<void>;
  remove: (id: string) => Promise<void>;
}

/** Why nothing is sent at the moment. */
export interface Pause {
  cause: Cause;
  since: number;
  /** When it is tried again by itself. */
  next_at?: number | undefined;
}

/** Told of what has come of an operation. */
export type Settled = (operation: Operation, outcome: Exclude<Outcome, { kind: 'later' }>) => void;
