import { cell } from './cell.ts';

export interface Connection {
  state: 'live' | 'reconnecting' | 'offline';
  /** When it became so. */
  since: number;
  /** How many changes wait here to be sent. */
  waiting: number;
}

/** Whether what happens elsewhere arrives here. The stream of events sets it. */
export const connection = cell<Connection>({ state: 'live', since: Date.now(), waiting: 0 });
