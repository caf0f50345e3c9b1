import { z } from 'zod';
import {
  day,
  id,
  instant,
  line,
  listed,
  narrowing,
  one_line,
  operation,
  page,
  page_query,
  several,
  status_key,
  stored,
  uuid_form,
  version,
  workspace_params,
} from '../http/contract.ts';
import { wholeNumber } from '../http/whole-number.ts';
import { offset } from '../audit/contract.ts';
import { known_time_zone } from '../lib/time-zone.ts';
import { project_params, several_projects } from '../projects/contract.ts';
import { status_category } from '../projects/workflow-definition.ts';
import { collection, label, max_text, priority, ticket } from './contract.ts';
import { max_excerpt } from './excerpt.ts';

/** The most tickets of a page without their texts. */
export const max_summaries = 500;
/** The most tickets of a page with their texts. */
export const max_listed = 100;
/** The most tickets that a list names by their ids. */
const max_ids = 100;
/** The most groups of one count. */
export const max_groups = 200;

export const listed_ticket = ticket
  .omit({ description: true })
  .extend({
    excerpt: stored(2 * max_excerpt).meta({
      description: `The description’s first ${max_excerpt} characters, on one line.`,
    }),
    description: stored(max_text).optional().meta({ description: 'Only if `fields` names it.' }),
  })
  .meta({ id: 'ListedTicket' });
export type ListedTicket = z.infer<typeof listed_ticket>;

/** A ticket on a board: without its texts. */
export const ticket_summary = listed_ticket.omit({ excerpt: true, description: true }).meta({ id: 'TicketSummary' });
export type TicketSummary = z.infer<typeof ticket_summary>;

/** A day by its date, or counted from the present day, which a view can keep. */
const relative_day = z.union(
  [
    day,
    z
      .string()
      .regex(/^today([+-]\d{1,3})?$/)
      .max(9),
  ],
  {
    error: 'Expected a day, 2026-11-24, or one counted from today: today, today-1, today+7. In a URL + is written %2B.',
  },
);
const relative = '`today`, `today+7` and `today-1` are days counted from today in `time_zone`.';

/** The filters of any list of tickets. */
const filters = {
  status: several(status_key, { pattern: listed('[a-z][a-z0-9_]{0,39}'), max: 409 })
    .optional()
    .meta({
      description:
        'Only tickets in one of these statuses, separated by commas. A status that no workflow has matches no ticket.',
      example: 'open,in_progress',
    }),
  assignee: several(z.union([id, z.enum(['me', 'none'])]), {
    pattern: listed(`${uuid_form}|me|none`),
    max: 369,
    expected: 'Expected a UUID, me or none.',
  })
    .optional()
    .meta({
      description:
        'Only tickets assigned to one of these members, to the caller (`me`) or to nobody (`none`), separated by commas.',
      example: 'me,none',
    }),
  reporter: several(z.union([id, z.enum(['me'])]), {
    pattern: listed(`${uuid_form}|me`),
    max: 369,
    expected: 'Expected a UUID or me.',
  })
    .optional()
    .meta({
      description: 'Only tickets reported by one of these members or by the caller (`me`), separated by commas.',
      example: 'me',
    }),
  priority: several(priority, { pattern: listed(priority.options.join('|')), max: 69 })
    .optional()
    .meta({ description: 'Only tickets of one of these priorities, separated by commas.', example: 'high,urgent' }),
  label: several(label, { pattern: one_line, max: 1289 }).optional().meta({
    description:
      'Only tickets with at least one of these labels, separated by commas. A comma within a label is written `\\,`.',
    example: 'crane,brake',
  }),
  created_after: instant.optional().meta({ description: 'Only tickets created after this time.' }),
  created_before: instant.optional().meta({ description: 'Only tickets created before this time.' }),
  updated_after: instant.optional().meta({ description: 'Only tickets updated after this time.' }),
  updated_before: instant.optional().meta({ description: 'Only tickets updated before this time.' }),
  active_after: instant.optional().meta({ description: 'Only tickets changed or commented on after this time.' }),
  active_before: instant
    .optional()
    .meta({ description: 'Only tickets last changed or commented on before this time.' }),
  status_category: several(status_category, { pattern: listed(status_category.options.join('|')), max: 59 })
    .optional()
    .meta({
      description:
        'Only tickets whose status has one of these categories in the workflow of their project, separated by commas.',
      example: 'todo,in_progress',
    }),
  due_after: relative_day
    .optional()
    .meta({ description: `Only tickets that are due later than this day. ${relative}`, example: 'today-1' }),
  due_before: relative_day
    .optional()
    .meta({ description: `Only tickets that are due earlier than this day. ${relative}`, example: 'today' }),
  q: line(200)
    .optional()
    .meta({
      description:
        'Only tickets whose title has, for each of these texts, a word that starts with it, in any letter case. A text that is a key also matches the ticket with that key. ' +
        'A word begins at the start of the title, after white space and after punctuation. Only the first eight texts count.',
      example: 'crane drop',
    }),
};

/** Where the days of the filters are counted. A view is opened in many places, and doesn't keep it. */
const place = {
  time_zone: known_time_zone.default('UTC').meta({ description: 'The time zone in which `today` is a day.' }),
};

/** The filters of a list over several projects. */
const filters_of_all = {
  project_id: several_projects.optional().meta({
    description: 'Only tickets of one of these projects, each by id or key, separated by commas.',
    example: 'ENG,OPS',
  }),
  ids: several(id, { pattern: listed(uuid_form, max_ids), max: 37 * max_ids - 1, values: max_ids, of: 'ids' })
    .optional()
    .meta({ description: `Only the tickets with these ids, at most ${max_ids}, separated by commas.` }),
  ...filters,
  deleted: z.enum(['true', 'false']).default('false').meta({ description: '`true` lists deleted tickets instead.' }),
  archived: z
    .enum(['false', 'true', 'any'])
    .optional()
    .meta({
      description:
        'Tickets of archived projects: `false` leaves them out, `true` lists only them, `any` lists them with the ' +
        'others. The default is `false`, or `any` if project_id names a project.',
    }),
};

const sort = z.enum([
  '-created_at',
  'created_at',
  '-updated_at',
  'updated_at',
  '-last_activity_at',
  'last_activity_at',
  'rank',
  '-priority',
  'priority',
  'due_on',
  '-due_on',
]);

/** The filters and the order of a list, as a view stores them. */
export const list_parameters = {
  ...filters_of_all,
  deleted: filters_of_all.deleted.removeDefault().optional(),
  sort: sort.optional(),
};

export const list_tickets = operation({
  id: 'list_tickets',
  method: 'get',
  path: collection,
  tag: 'tickets',
  summary: 'Lists tickets, by default newest first.',
  params: workspace_params,
  query: page_query.extend({
    limit: wholeNumber({ min: 1, max: max_summaries, by_default: 50 }).meta({
      format: 'int32',
      description: `The number of items per page, 1 to ${max_listed}, or to ${max_summaries} if \`fields\` is sent without excerpt and description.`,
    }),
    ...filters_of_all,
    ...place,
    ...narrowing(listed_ticket),
    sort: sort.default('-created_at').meta({
      description:
        'The order; `-` means descending. A ticket that changes while pages are read by updated_at or last_activity_at moves: ' +
        'descending pages can miss it, ascending ones can contain it twice. created_at is the time at which the request ' +
        'began, so its order can differ from the order of numbers. `rank` is the order by hand, top first, equal ranks by id; it needs one project_id ' +
        'and a status. With due_on and priority, tickets with the same value come newest first, and tickets without a due day come last. ' +
        'Deleted tickets cannot be sorted by rank or due_on.',
    }),
  }),
  status: 200,
  response: page(listed_ticket, max_summaries),
  errors: ['invalid_cursor'],
});

const count = z.int().min(0).max(2_147_483_647).meta({ format: 'int32', example: 12 });

const board_column = z
  .strictObject({
    status: status_key,
    category: status_category,
    total: count.meta({ example: 1, description: 'How many tickets there are, up to the limit of the count.' }),
    complete: z
      .boolean()
      .meta({ example: true, description: 'Whether all tickets were counted; otherwise there are more than `total`.' }),
    data: z.array(ticket_summary).max(max_listed),
    next_cursor: z
      .string()
      .regex(/^[A-Za-z0-9_-]+$/)
      .max(1024)
      .nullable()
      .meta({
        description:
          'The cursor of the next tickets of this status. Send it as `cursor` to GET …/tickets with the project of this path as `project_id`, this status as `status`, and the filters, `time_zone` and sort of this request.',
      }),
  })
  .meta({ id: 'BoardColumn' });

const board = z
  .strictObject({
    project_id: id,
    workflow_version: version,
    columns: z.array(board_column).max(50).meta({ description: 'In the order of the workflow.' }),
    as_of: offset.meta({
      description:
        'The offset of the last event before the moment that the board shows. GET …/events with it as `after` returns ' +
        'all later changes, and perhaps some that the board shows already. Every event of the workspace changes it, and so the ' +
        'ETag; `fields=columns` leaves it out.',
    }),
  })
  .meta({ id: 'Board' });

export const get_board = operation({
  id: 'get_board',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/projects/{project_id}/board',
  tag: 'tickets',
  summary: 'Returns the first tickets of each status of a project, and how many there are, all at one moment.',
  params: project_params,
  query: z.strictObject({
    per_column: wholeNumber({ min: 1, max: max_listed, by_default: 50 }).meta({
      format: 'int32',
      description: `The number of tickets per status, 1 to ${max_listed}.`,
    }),
    ...filters,
    ...place,
    ...narrowing(board),
    sort: sort.default('rank').meta({ description: 'The order within each status, as in GET …/tickets.' }),
  }),
  walks: true,
  status: 200,
  response: board,
});

const counts = z
  .strictObject({
    group_by: z.enum(['status', 'assignee', 'priority', 'label']),
    groups: z
      .array(
        z.strictObject({
          value: stored(64).nullable().meta({
            example: 'open',
            description: 'The status, priority or label, or the assignee’s id; null is nobody.',
          }),
          tickets: count,
        }),
      )
      .max(max_groups)
      .meta({ description: `The largest first, at most ${max_groups}.` }),
    complete: z
      .boolean()
      .meta({ example: true, description: 'Whether all tickets were counted; otherwise there are more than shown.' }),
  })
  .meta({ id: 'TicketCounts' });

export const count_tickets = operation({
  id: 'count_tickets',
  method: 'get',
  path: `${collection}/counts`,
  tag: 'tickets',
  summary: 'Counts tickets by status, assignee, priority or label.',
  params: workspace_params,
  query: z.strictObject({
    group_by: z
      .enum(['status', 'assignee', 'priority', 'label'])
      .default('status')
      .meta({ description: 'The field to count by. A ticket with several labels counts once for each of them.' }),
    ...filters_of_all,
    ...place,
    ...narrowing(counts),
  }),
  walks: true,
  heavy: true,
  status: 200,
  response: counts,
});
