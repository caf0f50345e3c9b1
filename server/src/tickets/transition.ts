import type { Actor } from '../access/authorize.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Body, Response } from '../http/contract.ts';
import { type IfMatch, requireCurrent } from '../http/preconditions.ts';
import { newId } from '../lib/ids.ts';
import { definitionOf } from '../projects/definitions.ts';
import type { WorkflowDefinition } from '../projects/workflow-definition.ts';
import type { Context } from '../serving/context.ts';
import { openTicket } from './access.ts';
import { changeTicket } from './change.ts';
import type { transition_ticket } from './history-contract.ts';
import type { Beside } from './place-queries.ts';
import { rankFor } from './place.ts';
import { allowedStatuses, presentTo } from './present.ts';
import { insertTransition, type LockedTicket, type TicketChanges, type TransitionRow } from './queries.ts';
import { decideTransition } from './workflow.ts';

type Input = Omit<Body<typeof transition_ticket>, 'version'> & { version?: number | undefined };

/**
 * Checks a comment on a ticket that the transaction has locked, and returns the function that writes it. It is injected because
 * comments depend on tickets, not the reverse.
 */
export type PrepareComment = (
  tx: Tx,
  actor: Actor,
  comment: { id: string; ticket_id: string; body: string; created_at: string },
  /** The position of its text in the body. */
  pointer: '/comment',
) => Promise<() => unknown>;

/**
 * Moves a ticket to another status, together with resolution, assignee and comment: all of it, or none. The ticket is
 * locked while the workflow decides, so concurrent transitions happen one at a time, and only if they are still allowed.
 */
export async function transitionTicket(
  context: Context<typeof transition_ticket>,
  prepareComment: PrepareComment,
): Promise<Response<typeof transition_ticket>> {
  const { tx, writer, params, body, if_match } = context;
  const { assignee_id, place, to } = body;
  const opening = place === undefined ? { assignee_id } : { assignee_id, place: { place, status: to } };
  const { actor, ticket: before, beside } = await openTicket(tx, writer, params.ticket, opening);
  const { ticket, row } = await stepOpened(tx, actor, before, { body, if_match, beside, prepareComment });
  const { workspace_id: _, project_id: __, workflow_version: ___, ...transition } = row;
  return {
    transition: { ...transition, comment: body.comment ?? null },
    ticket: await presentTo(tx, ticket, actor),
  };
}

interface Step {
  body: Input;
  if_match?: IfMatch | undefined;
  /** The neighbours of the place that the body names. */
  beside?: Beside | undefined;
  prepareComment: PrepareComment;
}

/** Moves a ticket whose row and assignee the transaction has locked. It refuses before it writes. */
export async function stepOpened(
  tx: Tx,
  actor: Actor,
  before: LockedTicket,
  { body, if_match, beside, prepareComment }: Step,
): Promise<{ ticket: LockedTicket; row: TransitionRow }> {
  const { place, to } = body;
  const definition = await definitionOf(tx, before);
  const current = {
    current_status: before.status,
    current_version: before.version,
    allowed_transitions: allowedStatuses(before, definition, actor.role),
  };
  requireCurrent({ if_match, version: body.version }, current);
  const decided = decide(definition, before, actor, body, current);
  const comment =
    body.comment === undefined
      ? undefined
      : { id: newId(), ticket_id: before.id, body: body.comment, created_at: before.at };
  const addComment = comment && (await prepareComment(tx, actor, comment, '/comment'));
  const changes: TicketChanges = { ...decided, status_sequence: before.status_sequence + 1 };
  if (place !== undefined && beside !== undefined) {
    const column = { workspace_id: before.workspace_id, project_id: before.project_id, status: to };
    const { id, number } = before;
    const rank = await rankFor(tx, actor, { place, beside, column, ticket: { id, number } });
    if (rank !== undefined) changes.rank = rank;
  }

  const ticket = changeTicket(tx, actor, before, {
    action: 'ticket.transitioned',
    changes,
    ...(comment && { more: { comment_id: comment.id } }),
  });
  addComment?.();
  const row = stepOf(before, ticket, actor, comment?.id ?? null);
  insertTransition(tx, row);
  return { ticket, row };
}

/** Returns the row that records a transition in the status history. */
function stepOf(before: LockedTicket, after: LockedTicket, actor: Actor, comment_id: string | null): TransitionRow {
  return {
    workspace_id: before.workspace_id,
    project_id: before.project_id,
    ticket_id: before.id,
    id: newId(),
    sequence: after.status_sequence,
    workflow_version: before.workflow_version,
    from_status: before.status,
    to_status: after.status,
    resolution: after.resolution,
    comment_id,
    actor_id: actor.user_id,
    remapped: false,
    created_at: before.at,
  };
}

interface Current {
  current_status: string;
  current_version: number;
  allowed_transitions: string[];
}

function decide(
  definition: WorkflowDefinition,
  ticket: LockedTicket,
  actor: Actor,
  request: Input,
  current: Current,
): { status: string; resolution: string | null; assignee_id: string | null } {
  const decision = decideTransition({ definition, ticket, role: actor.role, request });
  if (decision.ok) return decision.changes;
  switch (decision.reason) {
    case 'transition_not_allowed':
      throw new BatonError('transition_not_allowed', { from: ticket.status, to: request.to, ...current });
    case 'transition_forbidden':
      throw new BatonError('forbidden', {
        detail: 'The workflow allows this transition only to other roles.',
        from: ticket.status,
        to: request.to,
        role: actor.role,
        ...decision.data,
      });
    case 'fields_required':
      throw new BatonError('fields_required', { ...decision.data });
    case 'unknown_status':
      throw invalid('/to', `The workflow has no status ${request.to}.`, current);
    case 'unknown_resolution':
      throw invalid('/resolution', `One of: ${definition.resolutions.join(', ')}.`, current);
    case 'resolution_not_allowed':
      throw invalid('/resolution', 'Only a transition to a status of the category done can set a resolution.', current);
  }
}

function invalid(pointer: string, detail: string, current: Current): BatonError<'validation_failed'> {
  return new BatonError('validation_failed', { errors: [{ pointer, detail }], ...current });
}
