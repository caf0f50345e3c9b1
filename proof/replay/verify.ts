import { createHash } from 'node:crypto';
import type { Comment, Ticket, Transition } from '../../sdk/index.ts';
import type { Stage } from './accounts.ts';
import type { Played } from './play.ts';
import { eachOf } from './pool.ts';

/** What a ticket must look like, as facts by name. Long texts are stored as hashes. */
export interface Expectation {
  ticket_id: string;
  ticket: string;
  facts: Record<string, string>;
}

/** A short text unchanged; of a long one, enough to tell it from any other. */
function brief(text: string): string {
  if (text.length <= 80) return JSON.stringify(text);
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  return `${JSON.stringify(text.slice(0, 20))}… (${text.length} characters, ${hash})`;
}

interface Told {
  ticket: Pick<Ticket, 'title' | 'description' | 'priority' | 'labels' | 'status' | 'resolution' | 'assignee_id'> & {
    reporter_id: string;
  };
  history: Pick<Transition, 'from_status' | 'to_status' | 'resolution' | 'actor_id' | 'comment'>[];
  comments: Pick<Comment, 'author_id' | 'body'>[];
}

/** The facts that a ticket is compared by: its fields, and each transition and comment in order. */
function factsOf({ ticket, history, comments }: Told): Record<string, string> {
  const facts: Record<string, string> = {
    title: brief(ticket.title),
    description: brief(ticket.description),
    priority: ticket.priority,
    labels: ticket.labels.join(', '),
    status: ticket.status,
    resolution: String(ticket.resolution),
    assignee: String(ticket.assignee_id),
    reporter: ticket.reporter_id,
    'number of steps': String(history.length),
    'number of comments': String(comments.length),
  };
  for (const [index, { from_status, to_status, resolution, actor_id, comment }] of history.entries()) {
    facts[`step ${index + 1}`] = `${from_status}→${to_status}`;
    facts[`resolution of step ${index + 1}`] = String(resolution);
    facts[`actor of step ${index + 1}`] = actor_id;
    facts[`comment of step ${index + 1}`] = comment === null ? 'none' : brief(comment);
  }
  for (const [index, { author_id, body }] of comments.entries()) {
    facts[`author of comment ${index + 1}`] = author_id;
    facts[`comment ${index + 1}`] = brief(body);
  }
  return facts;
}

/**
 * Keeps the facts of a played plan for verification; undefined if a call was refused, because the ticket can't end as planned.
 */
export function expectationOf(stage: Stage, { ticket_id, plan, refusals }: Played): Expectation | undefined {
  if (ticket_id === undefined || refusals.length > 0) return undefined;
  const calls = plan.steps.flatMap(({ by, calls }) => calls.map((call) => ({ by, call })));
  const comments = calls.flatMap(({ by, call }) => {
    const body = call.kind === 'comment' ? call.body : call.kind === 'transition' ? call.comment : undefined;
    return body === undefined ? [] : [{ author_id: stage.actorOf(by), body }];
  });
  const steps = calls.flatMap(({ call }) => (call.kind === 'transition' ? [call] : []));
  const history = plan.expected.changes.map(({ from, to, by, resolution }, index) => ({
    from_status: from,
    to_status: to,
    resolution,
    actor_id: stage.actorOf(by),
    comment: steps[index]?.comment ?? null,
  }));
  const { assignee, changes: _, ...fields } = plan.expected;
  const reporter_id = stage.actorOf(plan.steps[0]?.by ?? null);
  const ticket = { ...fields, assignee_id: stage.userOf(assignee), reporter_id };
  return { ticket_id, ticket: plan.ticket, facts: factsOf({ ticket, history, comments }) };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The differences between two tickets' facts. */
function differences(is: Record<string, string>, should: Record<string, string>): string[] {
  return [...new Set([...Object.keys(should), ...Object.keys(is)])]
    .filter((name) => is[name] !== should[name])
    .map((name) => `${name} is ${is[name] ?? 'absent'} instead of ${should[name] ?? 'absent'}`);
}

/** Reads everything back through the API. Returns the differences from the source. */
export async function verify(
  stage: Stage,
  expectations: readonly Expectation[],
  clients: number,
  progress: (done: number) => void,
): Promise<string[]> {
  const { owner, workspace_id } = stage;
  const faults: string[] = [];
  const listed = new Set<string>();
  for await (const { id } of owner.pages.list_tickets({ workspace_id, limit: 100, sort: 'created_at' })) listed.add(id);
  let done = 0;
  await eachOf(expectations, clients, async (expected) => {
    const at = { workspace_id, ticket: expected.ticket_id };
    const fault = (text: string) => faults.push(`${expected.ticket}: ${text}`);
    if (!listed.has(expected.ticket_id)) fault('is not in the list');
    try {
      const [ticket, history, comments] = await Promise.all([
        owner.get_ticket(at),
        collect(owner.pages.list_transitions({ ...at, limit: 100 })),
        collect(owner.pages.list_comments({ ...at, limit: 100 })),
      ]);
      for (const text of differences(factsOf({ ticket, history, comments }), expected.facts)) fault(text);
      if (!history.every(({ sequence }, index) => sequence === index + 1)) fault('history is out of order');
    } catch (error) {
      fault(`could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
    progress(++done);
  });
  return faults;
}
