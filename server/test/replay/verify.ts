import type { Ticket, Transition } from '../../../sdk/index.ts';
import type { Stage } from './accounts.ts';
import type { TicketPlan } from './calls.ts';
import type { Played } from './play.ts';
import { eachOf } from './pool.ts';

/** What a ticket must have come to; its texts, no longer needed, are let go. */
export interface Expectation {
  ticket_id: string;
  ticket: string;
  status: string;
  assignee_id: string | null;
  changes: TicketPlan['expected']['changes'];
  comments: number;
}

/** Keeps of a played plan what verifying needs. */
export function expectationOf(stage: Stage, { ticket_id, plan }: Played): Expectation {
  const calls = plan.steps.flatMap((step) => step.calls);
  const comments = calls.filter(
    (call) => call.kind === 'comment' || (call.kind === 'transition' && call.comment !== undefined),
  );
  return {
    ticket_id,
    ticket: plan.ticket,
    status: plan.expected.status,
    assignee_id: stage.userOf(plan.expected.assignee),
    changes: plan.expected.changes,
    comments: comments.length,
  };
}

/** What differs between a ticket's history as it is and as the source has it. */
function historyFaults(expected: Expectation, history: Transition[]): string[] {
  const shown = (steps: { from: string; to: string }[]) => steps.map(({ from, to }) => `${from}→${to}`).join(' ');
  const is = shown(history.map(({ from_status, to_status }) => ({ from: from_status, to: to_status })));
  const should = shown(expected.changes);
  const in_order = history.every(({ sequence }, index) => sequence === index + 1);
  return [
    ...(is === should ? [] : [`history ${is} instead of ${should}`]),
    ...(in_order ? [] : ['history out of order']),
  ];
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Reads everything back through the API, and says what isn't as the source has it. */
export async function verify(
  stage: Stage,
  expectations: readonly Expectation[],
  clients: number,
  progress: (done: number) => void,
): Promise<string[]> {
  const { owner, workspace_id } = stage;
  const faults: string[] = [];
  const found = new Map<string, Ticket>();
  const list = owner.pages.list_tickets({ workspace_id, limit: 100, sort: 'created_at' });
  for await (const ticket of list) found.set(ticket.id, ticket);
  if (found.size !== expectations.length) faults.push(`${found.size} tickets instead of ${expectations.length}`);
  let done = 0;
  await eachOf(expectations, clients, async (expected) => {
    const at = { workspace_id, ticket: expected.ticket_id, limit: 100 };
    const ticket = found.get(expected.ticket_id);
    const fault = (text: string) => faults.push(`${expected.ticket}: ${text}`);
    if (ticket === undefined) fault('is not in the list');
    if (ticket !== undefined && ticket.status !== expected.status) {
      fault(`status ${ticket.status} instead of ${expected.status}`);
    }
    if (ticket !== undefined && ticket.assignee_id !== expected.assignee_id) {
      fault(`assignee ${ticket.assignee_id} instead of ${expected.assignee_id}`);
    }
    const [history, comments] = await Promise.all([
      collect(owner.pages.list_transitions(at)),
      collect(owner.pages.list_comments(at)),
    ]);
    for (const text of historyFaults(expected, history)) fault(text);
    if (comments.length !== expected.comments) fault(`${comments.length} comments instead of ${expected.comments}`);
    progress(++done);
  });
  return faults;
}
