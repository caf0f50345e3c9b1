import type { AtType, Span } from '../db/walk.ts';

/** What narrows a list of tickets; times in canonical form, spans wide open where nothing was asked. */
export interface TicketFilter {
  /** Of each filter one of the values; of projects their ids or keys. */
  project_id?: readonly string[] | undefined;
  status?: readonly string[] | undefined;
  /** null: nobody's. */
  assignee_id?: readonly (string | null)[] | undefined;
  reporter_id?: readonly string[] | undefined;
  priority?: readonly string[] | undefined;
  label?: readonly string[] | undefined;
  ids?: readonly string[] | undefined;
  status_category?: readonly string[] | undefined;
  /** Starts of words of the title: it has all of them. */
  words?: readonly string[] | undefined;
  /** Whether the ticket has a day on which it is due. */
  is_due?: boolean | undefined;
  created: Span;
  updated: Span;
  active: Span;
  /** Of days. */
  due: Span;
  deleted: boolean;
  /** Tickets of archived projects: left out, alone, or with the others. */
  archived: 'false' | 'true' | 'any';
}

/** What an index has in its order, or a merge of two. A list by `rank` is of one project, status by status, and of no deleted ticket. */
export type Order = 'created_at' | 'updated_at' | 'last_activity_at' | 'rank' | 'due_on';

/** What a list by an order is a span of. */
export const at_type_of: Record<Order, AtType> = {
  created_at: 'time',
  updated_at: 'time',
  last_activity_at: 'time',
  rank: 'text',
  due_on: 'day',
};

/** A list: which tickets, in which order, from where to where. */
export interface TicketList {
  workspace_id: string;
  filter: TicketFilter;
  order: Order;
  descending: boolean;
  span: Span;
}
