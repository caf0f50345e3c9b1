import type { BatonClient, RawResponse, Ticket } from '../../sdk/index.ts';
import type { Stage } from './accounts.ts';
import type { Call, TicketPlan } from './calls.ts';
import type { Measure } from './measure.ts';

/** The result of a plan: the ticket that it created, unless its creation was refused, and every refused call. */
export interface Played {
  ticket_id: string | undefined;
  plan: TicketPlan;
  refusals: string[];
}

type Raw = BatonClient['raw'];

function send(raw: Raw, stage: Stage, call: Call, ticket: Ticket | undefined): Promise<RawResponse> {
  const { workspace_id, project_id, userOf } = stage;
  if (call.kind === 'create') {
    const { title, description, priority, labels, status, assignee } = call;
    const body = { title, description, priority, labels, status, assignee_id: userOf(assignee) };
    return raw.create_ticket({ workspace_id, project_id, body });
  }
  if (ticket === undefined) throw new Error('A plan must begin with its creation.');
  const at = { workspace_id, ticket: ticket.id };
  switch (call.kind) {
    case 'transition': {
      const { to, resolution, assignee, comment } = call;
      const body = {
        to,
        ...(resolution === undefined ? {} : { resolution }),
        ...(assignee === undefined ? {} : { assignee_id: userOf(assignee) }),
        ...(comment === undefined ? {} : { comment }),
      };
      return raw.transition_ticket({ ...at, body });
    }
    case 'assign':
      return raw.set_assignee({ ...at, body: { assignee_id: userOf(call.assignee), version: ticket.version } });
    case 'comment':
      return raw.create_comment({ ...at, body: { body: call.body } });
    case 'edit': {
      const { kind: _, ...fields } = call;
      return raw.update_ticket({ ...at, body: { ...fields, version: ticket.version } });
    }
  }
}

/** The ticket as the response contains it; a comment leaves it unchanged. */
function ticketAfter(call: Call, body: unknown, before: Ticket | undefined): Ticket | undefined {
  if (call.kind === 'comment') return before;
  return call.kind === 'transition' ? (body as { ticket: Ticket }).ticket : (body as Ticket);
}

/** Sends a call. A replay may take longer than an access token is valid, so it renews one that has expired. */
async function sendAs(client: BatonClient, ...rest: [Stage, Call, Ticket | undefined]): Promise<RawResponse> {
  const response = await send(client.raw, ...rest);
  if (response.status !== 401) return response;
  await client.get_me(); // this call makes the client use its refresh token
  return send(client.raw, ...rest);
}

/** The status and, for a refusal, the reason; status 0 if there was no response. */
async function outcomeOf(sent: Promise<RawResponse>): Promise<{ status: number; body: unknown; why: string }> {
  try {
    const { status, body } = await sent;
    return { status, body, why: `${status} ${JSON.stringify(body)}` };
  } catch (error) {
    return { status: 0, body: undefined, why: error instanceof Error ? error.message : String(error) };
  }
}

/** Plays one ticket's history call by call, each as the person who did it. A refused call is recorded, and the rest continues. */
export async function playTicket(stage: Stage, plan: TicketPlan, measure: Measure): Promise<Played> {
  const refusals: string[] = [];
  let ticket: Ticket | undefined;
  for (const { by, calls, at } of plan.steps) {
    for (const call of calls) {
      const started = performance.now();
      const { status, body, why } = await outcomeOf(sendAs(stage.clientOf(by), stage, call, ticket));
      measure.note(call.kind, status, performance.now() - started);
      if (status >= 200 && status < 300) ticket = ticketAfter(call, body, ticket);
      else refusals.push(`${plan.ticket}: ${call.kind} at ${at}: ${why}`);
      if (ticket === undefined) return { ticket_id: undefined, plan, refusals };
    }
  }
  return { ticket_id: ticket?.id, plan, refusals };
}
