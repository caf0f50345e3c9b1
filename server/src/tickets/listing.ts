import type { Db } from '../db/transaction.ts';
import { all_texts, bestOf, type Ends, everything, type Source } from '../db/walk.ts';
import { BatonError } from '../errors.ts';
import type { Query } from '../http/contract.ts';
import { daysBetween, spanAfter, spanBetween } from '../http/cursor.ts';
import { dayNamed } from '../lib/time-zone.ts';
import { priority } from './contract.ts';
import type { list_tickets } from './list-contract.ts';
import type { Order, TicketFilter, TicketList } from './list-filter.ts';
import { type ListedRow, ticketPage, type Walked } from './list-queries.ts';
import { sourcesOf } from './source-queries.ts';
import { soughtIn } from './words.ts';

type Asked = Omit<Query<typeof list_tickets>, 'limit' | 'cursor' | 'sort' | 'fields'>;
type Sort = Query<typeof list_tickets>['sort'];

/** A part of a list that one index has in its order. A list consists of its parts, one after the other. */
type Part = Omit<TicketList, 'workspace_id' | 'span'>;

export interface Listing {
  workspace_id: string;
  filter: TicketFilter;
  parts: Part[];
}

/** A ticket of a list, or the place where a walk stopped, with the number of its part. */
export type Listed = Walked & { part: number };

/** A place in a list. `at` is a time, a day or a rank, depending on the order. */
export const listing_order = { part: 'integer', at: 'text', id: 'uuid' } as const;
type Place = Pick<Listed, 'part' | 'at' | 'id'>;

const spans = { created_at: 'created', updated_at: 'updated', last_activity_at: 'active', due_on: 'due' } as const;

export function filterOf(query: Asked, user_id: string): TicketFilter {
  const { assignee, reporter, deleted, archived, project_id, q, ...rest } = query;
  // A person may be named twice: by their id and as the caller.
  const people = <Who extends string | null>(who: readonly Who[] | undefined) => who && [...new Set(who)].sort();
  const me = (who: string) => (who === 'me' ? user_id : who);
  const day = (text: string | undefined) => text && dayNamed(text, rest.time_zone);
  return {
    project_id,
    status: rest.status,
    priority: rest.priority,
    label: rest.label,
    ids: rest.ids,
    status_category: rest.status_category,
    words: q === undefined ? undefined : soughtIn(q),
    assignee_id: people(assignee?.map((who) => (who === 'none' ? null : me(who)))),
    reporter_id: people(reporter?.map(me)),
    created: spanBetween(rest.created_after, rest.created_before),
    updated: spanBetween(rest.updated_after, rest.updated_before),
    active: spanBetween(rest.active_after, rest.active_before),
    due: daysBetween(day(rest.due_after), day(rest.due_before)),
    deleted: deleted === 'true',
    // A request that names a project means it even if it is archived.
    archived: archived ?? (project_id === undefined ? 'false' : 'any'),
  };
}

/** What the pages of a walk have in common: with days as they were sent, since `today` may change from page to page. */
export const boundOf = (
  filter: TicketFilter,
  { due_after, due_before, time_zone }: Pick<Asked, 'due_after' | 'due_before' | 'time_zone'>,
) => ({
  ...filter,
  due: [due_after, due_before, time_zone],
});

const invalid = (parameter: string, detail: string) =>
  new BatonError('validation_failed', { errors: [{ parameter, detail }] });

/** Returns the parts of a list in this order. Throws `validation_failed` if no index has these tickets in this order. */
export function listingOf(workspace_id: string, filter: TicketFilter, sort: Sort): Listing {
  const descending = sort.startsWith('-');
  const by = sort.replace('-', '');
  const newest = { order: 'created_at', descending: true } as const;
  const one = (part: Part) => ({ workspace_id, filter, parts: [part] });
  if (filter.deleted && (by === 'rank' || by === 'due_on')) {
    throw invalid('sort', `Deleted tickets are not listed by ${by}. Sort them by updated_at.`);
  }
  if (by === 'rank') {
    if (filter.project_id?.length !== 1 || filter.status === undefined) {
      throw invalid('sort', 'The order by hand is that of a status in a project: send one project_id, and a status.');
    }
    return one({ filter, order: 'rank', descending: false });
  }
  if (by === 'priority') {
    const all = descending ? priority.options.toReversed() : priority.options;
    const asked = all.filter((value) => filter.priority?.includes(value) ?? true);
    return {
      workspace_id,
      filter,
      parts: asked.map((value) => ({ ...newest, filter: { ...filter, priority: [value] } })),
    };
  }
  if (by === 'due_on') {
    const due: Part = { filter: { ...filter, is_due: true }, order: 'due_on', descending };
    const others: Part = { ...newest, filter: { ...filter, is_due: false } };
    return { workspace_id, filter, parts: filter.due === everything ? [due, others] : [due] };
  }
  return one({ filter, order: by as Order, descending });
}

/** Returns the parts of a list that follow a place, each with the span that is left to read. */
export function restOf({ workspace_id, parts }: Listing, place: Place | undefined): TicketList[] {
  const from = place?.part ?? 0;
  return parts.slice(from).map((part, n) => {
    const span = part.order === 'rank' ? all_texts : part.filter[spans[part.order]];
    return { ...part, workspace_id, span: spanAfter(span, n === 0 ? place : undefined, part.descending) };
  });
}

/** Returns the best source of each part. It takes one round trip if there is a choice. */
export const choose = (db: Db, rest: readonly TicketList[], until?: Ends): Promise<Source[]> =>
  Promise.all(rest.map((list) => bestOf(db, sourcesOf(list, until), list.descending)));

interface Shown {
  limit: number;
  excerpt: boolean;
  description: boolean;
}

/**
 * Returns the rows of a page: those of one part, and of the next if that one ends. All statements are sent at once, so they see
 * the same moment.
 */
export async function rowsOf(
  db: Db,
  { rest, sources, from }: { rest: readonly TicketList[]; sources: readonly Source[]; from: number },
  shown: Shown,
): Promise<Listed[]> {
  const pages = await Promise.all(
    rest.flatMap((list, n) => {
      const source = sources[n];
      return source === undefined ? [] : [db.rows<Walked>(ticketPage(list, source, shown))];
    }),
  );
  const found: Listed[] = [];
  for (const [n, page] of pages.entries()) {
    found.push(...page.map((row) => ({ ...row, part: from + n })));
    if (found.length >= shown.limit || page.some(({ stopped }) => stopped)) break;
  }
  return found.slice(0, shown.limit);
}

/** The most bytes of JSON that a ticket can take: each UTF-16 unit may become six, and the fields besides texts are small. */
export function mostBytes({ title, labels, start, description = '' }: ListedRow): number {
  return (
    6 * (title.length + labels.reduce((sum, label) => sum + label.length + 1, 0) + start.length + description.length) +
    4096
  );
}
