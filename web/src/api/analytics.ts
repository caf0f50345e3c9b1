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

/** What came and went in each part of a period, and how many tickets were in each status at its end. */
export const flowQuery = (of: Of, period: Period, every: Every) =>
  queryOptions({
    queryKey: ['flow', of, period, every],
    queryFn: ({ signal }) => client.get_flow({ ...of, ...period, every }, { signal }),
  });

/** How long the tickets took that were completed in a period. */
export const timesQuery = (of: Of, period: Period) =>
  queryOptions({
    queryKey: ['times', of, period],
    queryFn: ({ signal }) => client.get_times({ ...of, ...period }, { signal }),
  });

/** How old the tickets are that are open now. */
export const ageingQuery = (of: Of) =>
  queryOptions({
    queryKey: ['ageing', of],
    queryFn: ({ signal }) => client.get_ageing(of, { signal }),
  });
