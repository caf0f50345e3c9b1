import { cell } from './cell.ts';

export interface Connection {
  /** `slow`, `unanswered`: what happens elsewhere arrives, and what is asked is answered late, or not. */
  state: 'live' | 'slow' | 'unanswered' | 'reconnecting' | 'offline';
  /** When it became so. */
  since: number;
  /** How many changes wait here to be sent. */
  waiting: number;
  /** When what is not answered is asked again. */
  next_at?: number | undefined;
}

/** Whether what happens elsewhere arrives here. The stream of events sets it. */
export const connection = cell<Connection>({ state: 'live', since: Date.now(), waiting: 0 });
