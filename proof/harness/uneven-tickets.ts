import type { TestDatabase } from './database.ts';
import type { Order, TicketFilter, TicketList } from '../../server/src/tickets/list-filter.ts';
import { all_texts, everything } from '../../server/src/db/walk.ts';
import { daysBetween, spanBetween } from '../../server/src/http/cursor.ts';

export const id = (n: string) => `00000000-0000-7000-8000-${n.padStart(12, '0')}`;
export const workspace_id = id('1');
export const tickets = 30_000;

/**
 * Tickets spread as unevenly as in real life. Each kind of value has a frequent, a rare and an unknown case, some that only old
 * tickets have, and some that no ticket combines. Every ticket has an assignee. A second workspace's tickets lie among them, and
 * there the rare label is common.
 */
const fill = `
  insert into users (id, email, name)
  select ('00000000-0000-7000-8000-0000000000a' || n)::uuid, n || '@example.com', 'U' from generate_series(1, 9) n;
  insert into workspaces (id, name, created_by) values ('${id('1')}', 'W', '${id('a1')}'), ('${id('3')}', 'V', '${id('a1')}');
  insert into memberships (workspace_id, user_id, role) select w.id, u.id, 'owner' from workspaces w, users u;
  insert into projects (workspace_id, id, key, name, created_by, archived_at)
  select w.id, ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'P' || n, 'P', '${id('a1')}', case when n = 8 then now() end
  from workspaces w, unnest(array[2, 4, 6, 8]) n;
  insert into workflows (workspace_id, project_id, version, definition, created_by)
  select workspace_id, id, 1, '{}', created_by from projects;
  insert into project_statuses (workspace_id, project_id, status)
  select workspace_id, id, unnest(array['open', 'closed', 'rare']) from projects;
  create temp table made as
  select w.id as workspace_id, gen_random_uuid() as id, n, w.w,
    case when n % 10 < 8 then '2' when n % 1000 = 9 then '6' when n > ${tickets} - 3000 then '8' else '4' end as p,
    case when n % 4000 = 7 then 'rare' when n % 5 = 0 then 'open' else 'closed' end as status,
    case when n % 4000 = 11 then 'urgent' else 'none' end as priority,
    case when w.w = 3 or n % 5000 = 13 then array['rare'] when n < 6000 then array['old'] when n % 3 = 0 then array['bug'] else '{}' end as labels,
    case when n % 10 < 8 then 'a1' when n % 7 = 0 then 'a3' else 'a2' end as assignee,
    case when n between 6000 and 12000 then 'a4' when n % 4000 = 17 then 'a5' else 'a1' end as reporter,
    now() - (${tickets} - n) * interval '1 minute' as created_at,
    'Common' || case when n % 4000 = 21 then ' seldom seen' when n < 6000 then ' formerly' else '' end as title,
    case when n % 3 = 0 then date '2026-01-01' + n % 400 when n % 4000 = 25 then date '2020-01-01' end as due_on
  from generate_series(1, ${tickets}) n, (select id, row_number() over (order by id) * 2 - 1 as w from workspaces) w
  where w.w = 1 or n % 10 = 0;
  insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, priority, labels, assignee_id,
    reporter_id, created_at, due_on, updated_at, deleted_at)
  select workspace_id, id, ('00000000-0000-7000-8000-00000000000' || p)::uuid, n, title, status, status, priority, labels,
    ('00000000-0000-7000-8000-0000000000' || assignee)::uuid, ('00000000-0000-7000-8000-0000000000' || reporter)::uuid,
    created_at, due_on, case when n < 12000 then created_at + interval '1 second' else now() - (n * 7919 % ${tickets}) * interval '1 second' + interval '60 days' end,
    case when n % 20 = 19 then now() + interval '90 days' end
  from made;
  insert into ticket_labels (workspace_id, ticket_id, label, created_at)
  select workspace_id, id, unnest(labels), created_at from made;
  insert into ticket_words (workspace_id, word, ticket_id)
  select workspace_id, unnest(string_to_array(lower(title), ' ')), id from made
  union all select workspace_id, 'p' || p || '-' || n, id from made;
  -- One ticket that everybody comments on, and comments here and there.
  insert into comments (workspace_id, ticket_id, id, author_id, body, created_at)
  select workspace_id, id, gen_random_uuid(), '${id('a1')}'::uuid, 'c', now() + n * interval '1 millisecond' + interval '70 days'
  from made where w = 1 and n % 13 = 0
  union all
  select '${id('1')}', (select id from made where w = 1 and n = 20), gen_random_uuid(), '${id('a1')}'::uuid, 'c', now() + n * interval '1 second' + interval '71 days'
  from generate_series(1, 6000) n;`;

/** Fills a database with these tickets. */
export async function fillUnevenly({ owner }: TestDatabase): Promise<void> {
  const client = await owner.connect();
  await client.query(fill);
  client.release();
  await owner.query('vacuum analyze tickets, ticket_labels, ticket_words, comments, projects');
}

export const ancient = new Date(Date.now() - (tickets - 1000) * 60_000).toISOString();
export const narrowings: Record<string, Partial<TicketFilter>> = {
  'a frequent project': { project_id: [id('2')] },
  'a project by key': { project_id: ['P4'] },
  'a small project': { project_id: [id('6')] },
  'a frequent status': { status: ['closed'] },
  'a rare status': { status: ['rare'] },
  'a frequent assignee': { assignee_id: [id('a1')] },
  'nobody, where all are assigned': { assignee_id: [null] },
  'a frequent reporter': { reporter_id: [id('a1')] },
  'a reporter of long ago': { reporter_id: [id('a4')] },
  'a frequent priority': { priority: ['none'] },
  'a rare priority': { priority: ['urgent'] },
  'a frequent label': { label: ['bug'] },
  'a rare label': { label: ['rare'] },
  'an unknown label': { label: ['nobody has it'] },
  'a label of long ago': { label: ['old'] },
  'created long ago': { created: spanBetween(undefined, ancient) },
  'updated long ago': { updated: spanBetween(undefined, ancient) },
  'updated lately': { updated: spanBetween(new Date(Date.now() + 59.99 * 86_400_000).toISOString(), undefined) },
  'active lately': { active: spanBetween(new Date(Date.now() + 70 * 86_400_000 + 59_000).toISOString(), undefined) },
  'archived projects': { archived: 'true' },
  'a frequent and a rare status': { status: ['closed', 'rare'] },
  'several projects, one of them twice': { project_id: [id('2'), id('4'), 'P4'] },
  'two statuses of a project': { project_id: [id('2')], status: ['closed', 'open'] },
  'a word of all titles': { words: ['comm'] },
  'a rare word': { words: ['Seldom'] },
  'a word of long ago': { words: ['formerly'] },
  'an unknown word': { words: ['unheard'] },
  'due on most days': { due: daysBetween('2026-01-01', undefined) },
  'due long ago': { due: daysBetween(undefined, '2021-01-01') },
  'a few by their ids': { ids: [id('7'), id('8')] },
  'what is still to do': { status_category: ['todo'] },
  'several labels': { label: ['bug', 'nobody has it', 'old', 'rare'] },
  'several assignees, and nobody': { assignee_id: [id('a1'), id('a3'), null] },
};

export const orders: Order[] = ['created_at', 'updated_at', 'last_activity_at', 'due_on', 'rank'];

/** Whether a list may be in this order: by hand only in the statuses of one project. */
export const isOrdered = ({ project_id, status, deleted }: Partial<TicketFilter>, order: Order) =>
  order === 'rank' ? project_id?.length === 1 && status !== undefined : order !== 'due_on' || deleted !== true;

export function listOf(narrow: Partial<TicketFilter>, order: Order, descending: boolean): TicketList {
  const open = { created: everything, updated: everything, active: everything, due: everything };
  const due = order === 'due_on' ? { is_due: true } : {};
  const filter: TicketFilter = { ...open, ...due, deleted: false, archived: 'false', ...narrow };
  const { created: created_at, updated: updated_at, active: last_activity_at, due: due_on } = filter;
  const spans = { created_at, updated_at, last_activity_at, due_on, rank: all_texts };
  return { workspace_id, filter, order, descending, span: spans[order] };
}
