import { z } from 'zod';
import { day, narrowing, operation, status_key, timestamp } from '../http/contract.ts';
import { known_time_zone, time_zone } from '../lib/time-zone.ts';
import { project_params } from '../projects/contract.ts';
import { status_category } from '../projects/workflow-definition.ts';
import { ticket } from '../tickets/contract.ts';

/** Buckets that one response has at most. */
export const max_buckets = 100;
/** Steps and tickets of a period that one request looks at. */
export const max_rows = 50_000;
/** Open tickets that one request looks at. */
export const max_open = 50_000;
/** Tickets that one request counts, to know how many are in each status. */
export const max_counted = 100_000;

const count = z.int().min(0).max(2_147_483_647).meta({ format: 'int32', example: 12 });
const seconds = z.number().min(0).meta({ example: 86_400 });

/** As a percentile of so many values is known: between two of them by a straight line. */
const durations = z
  .strictObject({
    count: count.meta({ description: 'How many tickets this is about.' }),
    p50_s: seconds.nullable(),
    p85_s: seconds.nullable(),
    p95_s: seconds.nullable(),
  })
  .meta({ id: 'Durations', description: 'Percentiles in seconds; null where there is no ticket.' });

/** Far from where the calendars of JavaScript and PostgreSQL end. */
const some_day = day.refine((text) => text >= '1900-01-01' && text < '9000-01-01', 'Expected a day from 1900 to 8999.');

const period = {
  from: some_day.optional().meta({ description: 'The first day; 29 days before the last by default.' }),
  to: some_day.optional().meta({ description: 'The last day, which counts; today by default.' }),
  time_zone: known_time_zone
    .default('UTC')
    .meta({ description: 'Where the days begin and end.', example: 'Europe/Berlin' }),
};

/** What was asked for, or what it is by default. */
const shown_period = { from: day, to: day, time_zone };

const status_count = z.strictObject({ status: status_key, category: status_category, tickets: count });

const flow = z
  .strictObject({
    ...shown_period,
    buckets: z
      .array(
        z.strictObject({
          from: timestamp,
          before: timestamp.meta({ description: 'The moment at which the bucket is over.' }),
          created: count,
          completed: count.meta({ description: 'Steps into a status of the category done.' }),
          reopened: count.meta({ description: 'Steps out of one.' }),
          at_end: z
            .array(status_count)
            .max(1000)
            .meta({ description: 'How many tickets were in each status when the bucket was over.' }),
        }),
      )
      .max(max_buckets),
    not_counted: z
      .array(status_key)
      .max(50)
      .meta({ description: 'Statuses with too many tickets to count them, which `at_end` leaves out; mostly none.' }),
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
          total_s: seconds.meta({ description: 'The time of all those tickets in this status.' }),
        }),
      )
      .max(1000)
      .meta({ description: 'How long those tickets were in each status before they were completed.' }),
  })
  .meta({
    id: 'Times',
    description:
      'The lead time is that from a ticket’s creation to its completion; the cycle time that from its first step into a ' +
      'status of the category in_progress, of tickets that had one.',
  });
export type Times = z.infer<typeof times>;

const ageing = z
  .strictObject({
    complete: z
      .boolean()
      .meta({ description: 'Whether these are all open tickets, or of some status only the oldest.' }),
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
      'The age is the time since a ticket was created; `in_status` that since its last step. Both as of this minute.',
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
      .meta({ description: 'A bucket, counted from the first day.' }),
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
    'Returns how long tickets took that were completed in a period, and how long they were in each status. A ticket that was completed several times in the period counts with the last time, and not at all where it was reopened after that and still in the period.',
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
  summary: 'Returns how old the tickets are that are not done, and for how long they have been in their status.',
  params: project_params,
  query: z.strictObject(narrowing(ageing)),
  heavy: true,
  status: 200,
  response: ageing,
});
