import type { Priority } from '../../server/src/importing/priority.ts';

/** One call to the API. People are named as in the source, statuses and resolutions by the workflow's keys. */
export type Call = CreateCall | TransitionCall | AssignCall | EditCall | CommentCall;

export interface CreateCall {
  kind: 'create';
  title: string;
  description: string;
  priority: Priority;
  labels: string[];
  status: string;
  assignee: string | null;
}

export interface TransitionCall {
  kind: 'transition';
  to: string;
  resolution?: string;
  /** Absent: unchanged; null: nobody. */
  assignee?: string | null;
  comment?: string;
}

interface AssignCall {
  kind: 'assign';
  assignee: string | null;
}

export interface EditCall {
  kind: 'edit';
  title?: string;
  description?: string;
  priority?: Priority;
  labels?: string[];
}

interface CommentCall {
  kind: 'comment';
  body: string;
}

/** What one author did to a ticket at one instant, and the calls for it; there are none if nothing changes in Baton. */
export interface Step {
  at: string;
  by: string | null;
  /** How many operations of the source this covers; 0 for an invented creation. */
  operations: number;
  calls: Call[];
}

/** A status change as the history must show it; `resolution` is the ticket's after the change. */
export interface ExpectedChange {
  from: string;
  to: string;
  by: string | null;
  resolution: string | null;
}

/** The ticket as it must be at the end. */
export interface ExpectedTicket {
  title: string;
  description: string;
  priority: Priority;
  labels: string[];
  status: string;
  resolution: string | null;
  assignee: string | null;
  changes: ExpectedChange[];
}

/** Everything to do for one ticket, in order, and how the ticket must look at the end. */
export interface TicketPlan {
  ticket: string;
  steps: Step[];
  expected: ExpectedTicket;
}
