import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';

/** Days in a time zone, including both ends. */
export interface Period {
  from: string;
  to: string;
  time_zone: string;
}

export type Every = 'day' | 'week' | 'month';

interface Of {
  workspace_id: string;
  /** The project's key or id. */
  project_id: string;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Requests one figure after the other: the server computes one per workspace at a time, and refuses some of the others
 * when many wait.
 */
function inTurn<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const turn = last.then(() => {
    signal.throwIfAborted();
    return ask();
  });
  last = turn.catch(() => undefined);
  return turn;
}

/**
 * The tickets that were created and completed in each part of a period, and how many were in each status at its end.
 */
export const flowQuery = (of: Of, period: Period, every: Every) =>
  queryOptions({
    queryKey: ['flow', of, period, every],
    queryFn: ({ signal }) => inTurn(() => client.get_flow({ ...of, ...period, every }, { signal }), signal),
  });

/** How long the tickets completed in a period took. */
export const timesQuery = (of: Of, period: Period) =>
  queryOptions({
    queryKey: ['times', of, period],
    queryFn: ({ signal }) => inTurn(() => client.get_times({ ...of, ...period }, { signal }), signal),
  });

/** How long the open tickets have been open, and in their status. */
export const ageingQuery = (of: Of) =>
  queryOptions({
    queryKey: ['ageing', of],
    queryFn: ({ signal }) => inTurn(() => client.get_ageing(of, { signal }), signal),
  });
