import type { Actor } from '../access/authorize.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Response } from '../http/contract.ts';
import { toProblem } from '../http/problem.ts';
import { definitionOf } from '../projects/definitions.ts';
import type { Context } from '../serving/context.ts';
import { openTickets, type Wanted } from './access.ts';
import { assignOpened } from './assign.ts';
import { type change_tickets, type ChangeResult, repeated, type TicketChange } from './bulk-contract.ts';
import { deleteOpened, restoreOpened } from './delete.ts';
import { editOpened, requireBase } from './edit.ts';
import type { TicketSummary } from './list-contract.ts';
import { presentSummary } from './present.ts';
import type { LockedTicket } from './queries.ts';
import { type PrepareComment, stepOpened } from './transition.ts';

/**
 * Changes several tickets in one transaction, each by the function of its own operation. All of these refuse before they write, so
 * a refused change leaves nothing behind. Throws `changes_refused` if every change is refused, or any with `all_or_nothing`.
 */
export async function changeTickets(
  { tx, writer, body: { changes, all_or_nothing } }: Context<typeof change_tickets>,
  prepareComment: PrepareComment,
): Promise<Response<typeof change_tickets>> {
  const wanted = changes.map(wantedBy);
  const hold = changes.some((one) => one.delete !== undefined || one.restore !== undefined) ? 'delete' : 'change';
  const { actor, idOf, open } = await openTickets(tx, writer, wanted, hold);
  requireDifferent(wanted, idOf);
  const parts = { tx, actor, prepareComment };
  // The changes run concurrently, so that their reads travel in one batch. No two of them change the same ticket.
  const settled = await Promise.allSettled(
    changes.map(async (change) => {
      const ticket = await changeOne(parts, change, () => open(wantedBy(change)));
      return presentSummary(ticket, await definitionOf(tx, ticket), actor.role);
    }),
  );
  const results = settled.map((outcome, index) => resultOf(outcome, changes[index]?.ticket ?? ''));
  const refused = results.flatMap(({ ref, problem }, index) => (problem ? [{ index, ticket: ref, problem }] : []));
  if (refused.length === results.length || (all_or_nothing && refused.length > 0)) {
    throw new BatonError('changes_refused', { refused });
  }
  return { results, refused: refused.length };
}

function wantedBy({ ticket, assign, transition, restore }: TicketChange): Wanted {
  return {
    ref: ticket,
    deleted: restore !== undefined,
    assignee_id: assign === undefined ? transition?.assignee_id : assign.assignee_id,
  };
}

/** Throws `validation_failed` if a ticket occurs twice, once by its id and once by its key. */
function requireDifferent(wanted: readonly Wanted[], idOf: (ref: string) => string | undefined): void {
  const first = new Map<string, number>();
  for (const [index, { ref }] of wanted.entries()) {
    const id = idOf(ref) ?? ref;
    const other = first.get(id);
    if (other === undefined) first.set(id, index);
    else {
      const errors = [{ pointer: `/changes/${index}/ticket`, detail: repeated(other) }];
      throw new BatonError('validation_failed', { errors });
    }
  }
}

/** Does one change to its ticket, which `open` returns. */
async function changeOne(
  { tx, actor, prepareComment }: { tx: Tx; actor: Actor; prepareComment: PrepareComment },
  { update, assign, transition, delete: deletion, restore }: TicketChange,
  open: () => LockedTicket,
): Promise<LockedTicket> {
  if (update !== undefined) {
    requireBase(update);
    return editOpened(tx, actor, open(), { body: update });
  }
  if (assign !== undefined) {
    if (assign.version === undefined) throw new BatonError('precondition_required');
    return assignOpened(tx, actor, open(), assign);
  }
  if (transition !== undefined) {
    return (await stepOpened(tx, actor, open(), { body: transition, prepareComment })).ticket;
  }
  if (deletion !== undefined) return deleteOpened(tx, actor, open(), deletion);
  return restoreOpened(tx, actor, open(), restore ?? {});
}

/** Returns the result of a change. Rethrows an error that isn't a refusal: it fails the whole request, not one change. */
function resultOf(outcome: PromiseSettledResult<TicketSummary>, ref: string): ChangeResult {
  if (outcome.status === 'fulfilled') return { ref, done: true, ticket: outcome.value, problem: null };
  const reason: unknown = outcome.reason;
  if (!(reason instanceof BatonError)) throw reason;
  const problem = toProblem(reason);
  if (problem.status >= 500) throw reason;
  return { ref, done: false, ticket: null, problem };
}
