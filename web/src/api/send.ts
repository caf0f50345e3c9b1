import { BatonApiError, type ChangeProblem, type OperationId, type Problem, type TicketChange } from 'baton-sdk';
import type { Operation, Refusal } from '../store/decide.ts';
import type { Outcome } from '../store/outcome.ts';
import { client } from './client.ts';

/** The queue does its own waiting, for longer than the client would. */
const retries = 1;

const done = (outcome: Omit<Extract<Outcome, { kind: 'done' }>, 'kind'>): Outcome => ({ kind: 'done', ...outcome });

/**
 * Sends an operation under its idempotency key. It addresses the ticket by its id: with the ticket's key (ENG-1), the
 * path would differ, and the server would take the request for another write.
 */
async function request({ workspace_id, ticket_id, change, key, base_version }: Operation): Promise<Outcome> {
  const at = { workspace_id, ticket: ticket_id, idempotency_key: key };
  const options = { retries };
  switch (change.kind) {
    case 'edit': {
      const body = { [change.field]: change.value, version: base_version };
      return done({ ticket: await client.update_ticket({ ...at, body }, options) });
    }
    case 'labels': {
      const body = { labels_add: change.add, labels_remove: change.remove };
      return done({ ticket: await client.update_ticket({ ...at, body }, options) });
    }
    case 'assign': {
      const body = { assignee_id: change.assignee_id, version: base_version };
      return done({ ticket: await client.set_assignee({ ...at, body }, options) });
    }
    case 'transition': {
      const { to, resolution, assignee_id, comment, placed } = change;
      const fields = {
        ...(resolution !== undefined && { resolution }),
        ...(assignee_id !== undefined && { assignee_id }),
        ...(comment !== undefined && { comment }),
        ...(placed !== undefined && { place: placed.place }),
      };
      const body = { to, version: base_version, ...fields };
      return done({ ticket: (await client.transition_ticket({ ...at, body }, options)).ticket });
    }
    case 'place':
      return done({ ticket: await client.place_ticket({ ...at, body: change.placed.place }, options) });
    case 'delete':
      await client.delete_ticket(at, options);
      return done({ deleted: true });
    case 'restore':
      return done({ ticket: await client.restore_ticket(at, options) });
    case 'comment':
      return done({ comment: await client.create_comment({ ...at, body: { body: change.body } }, options) });
  }
}

/** The codes that mean that nobody is signed in any more. */
const signed_out = ['unauthenticated', 'invalid_token', 'session_ended', 'invalid_refresh_token'];
/** The client's codes when no response from Baton arrived. */
const lost: readonly string[] = ['no_response', 'timed_out', 'unexpected_response', 'aborted'];

/** Translates a problem from the server into the outcome of an operation. */
function refusedBy(problem: Problem | ChangeProblem, { change }: Operation, request_id?: string): Outcome {
  const { code } = problem;
  if (change.kind === 'delete' && code === 'not_found') return done({ deleted: true });
  return { kind: 'refused', refusal: { code, problem, request_id, at: Date.now() } };
}

/** Translates a failure into the outcome of an operation. */
function outcomeOf(error: unknown, operation: Operation): Outcome {
  const at = Date.now();
  if (!(error instanceof BatonApiError)) return { kind: 'refused', refusal: { code: 'failed', at } };
  const { code, problem, request_id, status } = error;
  if (signed_out.includes(code)) return { kind: 'later', cause: 'session' };
  const refresh: OperationId = 'refresh';
  // The outcome is unknown or undecided. Sending it again under the same key is safe, because the server performs it
  // once.
  if (error.operation === refresh || lost.includes(code) || status === 429 || status === 503) {
    return { kind: 'later', cause: 'unreachable' };
  }
  if (problem !== undefined) return refusedBy(problem, operation, request_id);
  return { kind: 'refused', refusal: { code, problem, request_id, at } };
}

/** Converts an operation into one change of a bulk request. */
function changeOf({ ticket_id: ticket, change, base_version: version }: Operation): TicketChange {
  switch (change.kind) {
    case 'edit':
      return { ticket, update: { [change.field]: change.value, version } };
    case 'labels':
      return { ticket, update: { labels_add: change.add, labels_remove: change.remove } };
    case 'assign':
      return { ticket, assign: { assignee_id: change.assignee_id, version } };
    case 'transition': {
      const { to, resolution, assignee_id, comment } = change;
      const fields = {
        ...(resolution !== undefined && { resolution }),
        ...(assignee_id !== undefined && { assignee_id }),
        ...(comment !== undefined && { comment }),
      };
      return { ticket, transition: { to, version, ...fields } };
    }
    case 'delete':
      return { ticket, delete: {} };
    case 'restore':
      return { ticket, restore: {} };
    case 'place':
    case 'comment':
      throw new Error(`Not for several tickets at once: ${change.kind}`);
  }
}

/** Returns whether the signed-in account is a member of the workspace. */
type IsMember = () => Promise<boolean>;

/**
 * The outcome if the workspace no longer exists or the person has left it: nothing was refused, and the operation stays
 * on their disk. Undefined if they are still a member.
 */
async function outsideOf(error: unknown, isMember: IsMember): Promise<Outcome | undefined> {
  if (!(error instanceof BatonApiError) || error.status !== 404) return undefined;
  try {
    return (await isMember()) ? undefined : { kind: 'later', cause: 'session' };
  } catch {
    return { kind: 'later', cause: 'unreachable' };
  }
}

/**
 * Sends several operations of one workspace in one request, under its key. Returns their outcomes in the same order.
 */
export async function sendTogether(
  operations: readonly Operation[],
  key: string,
  isMember: IsMember,
): Promise<Outcome[]> {
  try {
    const { workspace_id = '' } = operations[0] ?? {};
    const body = { changes: operations.map(changeOf) };
    const { results } = await client.change_tickets({ workspace_id, idempotency_key: key, body }, { retries });
    return operations.map((operation, index) => {
      const { ticket, problem } = results[index] ?? {};
      if (problem) return refusedBy(problem, operation);
      return ticket ? done({ ticket }) : { kind: 'later', cause: 'unreachable' };
    });
  } catch (error) {
    if (!(error instanceof BatonApiError) || !error.is('changes_refused')) {
      const outside = await outsideOf(error, isMember);
      return operations.map((operation) => outside ?? outcomeOf(error, operation));
    }
    const { refused } = error.problem;
    return operations.map((operation, at) => {
      const problem = refused.find(({ index }) => index === at)?.problem;
      return problem === undefined ? outcomeOf(error, operation) : refusedBy(problem, operation, error.request_id);
    });
  }
}

/** Sends an operation once and returns its outcome. */
export async function sendOperation(operation: Operation, isMember: IsMember): Promise<Outcome> {
  try {
    return await request(operation);
  } catch (error) {
    return (await outsideOf(error, isMember)) ?? outcomeOf(error, operation);
  }
}

/** Rebuilds the error of a refusal: after a reload, only the refusal's data is left. */
export const errorOf = ({ code, problem, request_id }: Refusal): BatonApiError => {
  const headers = new Headers(request_id === undefined ? {} : { 'x-request-id': request_id });
  const response = problem === undefined ? undefined : { status: problem.status, headers, body: problem };
  return new BatonApiError('update_ticket', { code, says: code, retryable: false, response, problem });
};
