import type { AtType, Span } from '../db/walk.ts';

/** The filters of a list of tickets. Times are in canonical form, and a span without a filter is wide open. */
export interface TicketFilter {
  /** A ticket matches a filter by one of its values. Projects are named by id or key. */
  project_id?: readonly string[] | undefined;
  status?: readonly string[] | undefined;
  /** `null` matches tickets that are assigned to nobody. */
  assignee_id?: readonly (string | null)[] | undefined;
  reporter_id?: readonly string[] | undefined;
  priority?: readonly string[] | undefined;
  label?: readonly string[] | undefined;
  ids?: readonly string[] | undefined;
  status_category?: readonly string[] | undefined;
  /** Beginnings of words: the title must have a word for each of them. */
  words?: readonly string[] | undefined;
  /** Whether the ticket has a due day. */
  is_due?: boolean | undefined;
  created: Span;
  updated: Span;
  active: Span;
  /** A span of days. */
  due: Span;
  deleted: boolean;
  /** Whether tickets of archived projects are left out, listed alone, or listed with the others. */
  archived: 'false' | 'true' | 'any';
}

/**
 * An order that an index has, or a merge of two. A list by `rank` contains tickets of one project, status by status, and no deleted
 * ones.
 */
export type Order = 'created_at' | 'updated_at' | 'last_activity_at' | 'rank' | 'due_on';

/** The type of the values that a list in each order is a span of. */
export const at_type_of: Record<Order, AtType> = {
  created_at: 'time',
  updated_at: 'time',
  last_activity_at: 'time',
  rank: 'text',
  due_on: 'day',
};

/** A list of tickets: its filters, its order, and the span to read. */
export interface TicketList {
  workspace_id: string;
  filter: TicketFilter;
  order: Order;
  descending: boolean;
  span: Span;
}
