/** The part of a ticket that the checker follows. */
export interface TicketState {
  status: string;
  resolution: string | null;
  assignee_id: string | null;
  title: string;
  priority: string;
  deleted: boolean;
}

/** What a client asked for. */
export type Action =
  | { kind: 'create'; title: string }
  | { kind: 'read' }
  | { kind: 'transition'; to: string; resolution?: string; assignee_id?: string | null; version?: number }
  | { kind: 'edit'; base: number; title?: string; priority?: string }
  | { kind: 'assign'; assignee_id: string | null }
  | { kind: 'delete' }
  | { kind: 'restore' }
  | { kind: 'comment' };

/** What the response said. */
export type Outcome =
  /** 2xx with the ticket. */
  | { kind: 'state'; version: number; state: TicketState }
  /** 2xx without the ticket. */
  | { kind: 'done' }
  | { kind: 'refused'; code: string; version?: number; status?: string }
  /** 404. */
  | { kind: 'gone' }
  /** No response came: the call happened, didn't happen, or will still happen. */
  | { kind: 'unknown' };

/** One call as its client saw it. All times come from one monotonic clock, in milliseconds. */
export interface Operation {
  id: string;
  start: number;
  /** Infinity when no response came. */
  end: number;
  action: Action;
  outcome: Outcome;
}

/** The calls on one ticket, and the ids of those that produced its versions, from version 1 on, taken from the audit log. */
export interface History {
  operations: Operation[];
  order: string[];
}

/** The rules of the ticket's workflow. */
export interface Rules {
  initial: string;
  /** `from to` of every transition that exists. */
  steps: ReadonlySet<string>;
  done: ReadonlySet<string>;
}
