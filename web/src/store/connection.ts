import { cell } from './cell.ts';

export interface Connection {
  /** In the states `slow` and `unanswered` events still arrive, but responses are late or missing. */
  state: 'live' | 'slow' | 'unanswered' | 'reconnecting' | 'offline';
  /** When this state began. */
  since: number;
  /** The number of changes that wait to be sent. */
  waiting: number;
  /** When the next retry of requests without a response runs. */
  next_at?: number | undefined;
}

/** The state of the connection, which the header and the banner show. */
export const connection = cell<Connection>({ state: 'live', since: Date.now(), waiting: 0 });
