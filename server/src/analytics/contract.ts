import { z } from 'zod';
import { day, narrowing, operation, status_key, timestamp } from '../http/contract.ts';
import { known_time_zone, time_zone } from '../lib/time-zone.ts';
import { project_params } from '../projects/contract.ts';
import { status_category } from '../projects/workflow-definition.ts';
import { ticket } from '../tickets/contract.ts';

/** How many buckets one response has at most. */
export const max_buckets = 100;
/** How many transitions and tickets of a period one request reads at most. */
export const max_rows = 50_000;
/** How many open tickets one request reads at most. */
export const max_open = 50_000;
/** How many tickets one request counts at most, to know how many are in each status. */
export const max_counted = 100_000;

const count = z.int().min(0).max(2_147_483_647).meta({ format: 'int32', example: 12 });
const seconds = z.number().min(0).meta({ example: 86_400 });

/** Percentiles of `count` values, interpolated linearly. */
const durations = z
  .strictObject({
    count: count.meta({ description: 'The number of tickets.' }),
    p50_s: seconds.nullable(),
    p85_s: seconds.nullable(),
    p95_s: seconds.nullable(),
  })
  .meta({ id: 'Durations', description: 'Percentiles in seconds; null if there is no ticket.' });

/** A day well within the calendars of JavaScript and PostgreSQL. */
const some_day = day.refine((text) => text >= '1900-01-01' && text < '9000-01-01', 'Expected a day from 1900 to 8999.');

const period = {
  from: some_day.optional().meta({ description: 'The first day; by default 29 days before the last.' }),
  to: some_day.optional().meta({ description: 'The last day, inclusive; by default today.' }),
  time_zone: known_time_zone
    .default('UTC')
    .meta({ description: 'The time zone in which days begin and end.', example: 'Europe/Berlin' }),
};

/** The requested period, or the default. */
const shown_period = { from: day, to: day, time_zone };

const status_count = z.strictObject({ status: status_key, category: status_category, tickets: count });

const flow = z
  .strictObject({
    ...shown_period,
    buckets: z
      .array(
        z.strictObject({
          from: timestamp,
          before: timestamp.meta({ description: 'The end of the bucket, exclusive.' }),
          created: count,
          completed: count.meta({ description: 'How often tickets entered the category done.' }),
          reopened: count.meta({ description: 'How often tickets left the category done.' }),
          at_end: z
            .array(status_count)
            .max(1000)
            .meta({ description: 'How many tickets were in each status at the end of the bucket.' }),
        }),
      )
      .max(max_buckets),
    not_counted: z
      .array(status_key)
      .max(50)
      .meta({ description: 'Statuses with too many tickets to count, which `at_end` leaves out. Usually empty.' }),
  })
  .meta({ id: 'Flow' });
export type Flow = z.infer<typeof flow>;

const times = z
  .strictObject({
    ...shown_period,
    lead_time: durations,
    cycle_time: durations,
    statuses: z
      .array(
        durations.extend({
          status: status_key,
          category: status_category,
          total_s: seconds.meta({ description: 'The total time of all those tickets in this status.' }),
        }),
      )
      .max(1000)
      .meta({ description: 'How long those tickets were in each status before they were completed.' }),
  })
  .meta({
    id: 'Times',
    description:
      'The lead time is the time from a ticket’s creation to its completion. The cycle time is the time from when it ' +
      'first entered the category in_progress to its completion, for tickets that did.',
  });
export type Times = z.infer<typeof times>;

const ageing = z
  .strictObject({
    complete: z
      .boolean()
      .meta({ description: 'False if a status has so many open tickets that only its oldest are included.' }),
    statuses: z
      .array(
        z.strictObject({
          status: status_key,
          category: status_category,
          age: durations,
          in_status: durations,
        }),
      )
      .max(1000),
    oldest: z
      .array(
        ticket
          .pick({ id: true, key: true, status: true, assignee_id: true })
          .extend({ age_s: seconds, in_status_s: seconds }),
      )
      .max(20)
      .meta({ description: 'The tickets that have been in their status for the longest time.' }),
  })
  .meta({
    id: 'Ageing',
    description:
      'The age is the time since a ticket was created; `in_status` is the time since its last transition. Both are as of the start of this minute.',
  });
export type Ageing = z.infer<typeof ageing>;

const under = '/v1/workspaces/{workspace_id}/projects/{project_id}/analytics' as const;

export const get_flow = operation({
  id: 'get_flow',
  method: 'get',
  path: `${under}/flow`,
  tag: 'analytics',
  summary:
    'Counts the tickets that were created, completed and reopened in each part of a period, and those in each status at its end.',
  params: project_params,
  query: z.strictObject({
    ...period,
    every: z
      .enum(['day', 'week', 'month'])
      .default('day')
      .meta({ description: 'The length of a bucket, counted from the first day.' }),
    ...narrowing(flow),
  }),
  heavy: true,
  status: 200,
  response: flow,
});

export const get_times = operation({
  id: 'get_times',
  method: 'get',
  path: `${under}/times`,
  tag: 'analytics',
  summary:
    'Returns how long the tickets that were completed in a period took, and how long they were in each status. A ticket that was completed several times in the period counts once, with the last time. It does not count if it was reopened after that, still in the period.',
  params: project_params,
  query: z.strictObject({ ...period, ...narrowing(times) }),
  heavy: true,
  status: 200,
  response: times,
});

export const get_ageing = operation({
  id: 'get_ageing',
  method: 'get',
  path: `${under}/ageing`,
  tag: 'analytics',
  summary: 'Returns how old unfinished tickets are, and for how long they have been in their status.',
  params: project_params,
  query: z.strictObject(narrowing(ageing)),
  heavy: true,
  status: 200,
  response: ageing,
});
