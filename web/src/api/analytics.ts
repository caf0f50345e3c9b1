import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';

/** Days in a time zone, both included. */
export interface Period {
  from: string;
  to: string;
  time_zone: string;
}

export type Every = 'day' | 'week' | 'month';

interface Of {
  workspace_id: string;
  /** By its key or id. */
  project_id: string;
}

let last: Promise<unknown> = Promise.resolve();

/** Asks for one figure after the other: a server computes one of a workspace at a time, and refuses some of many that wait. */
function inTurn<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const turn = last.then(() => {
    signal.throwIfAborted();
    return ask();
  });
  last = turn.catch(() => undefined);
  return turn;
}

/** What came and went in each part of a period, and how many tickets were in each status at its end. */
export const flowQuery = (of: Of, period: Period, every: Every) =>
  queryOptions({
    queryKey: ['flow', of, period, every],
    queryFn: ({ signal }) => inTurn(() => client.get_flow({ ...of, ...period, every }, { signal }), signal),
  });

/** How long the tickets took that were completed in a period. */
export const timesQuery = (of: Of, period: Period) =>
  queryOptions({
    queryKey: ['times', of, period],
    queryFn: ({ signal }) => inTurn(() => client.get_times({ ...of, ...period }, { signal }), signal),
  });

/** How old the tickets are that are open now. */
export const ageingQuery = (of: Of) =>
  queryOptions({
    queryKey: ['ageing', of],
    queryFn: ({ signal }) => inTurn(() => client.get_ageing(of, { signal }), signal),
  });
