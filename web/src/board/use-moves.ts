import type { Workflow } from 'baton-sdk';
import { useCallback, useEffect, useEffectEvent, useRef } from 'react';
import { move, placeAt as placeTicket } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import { statusOf, stepsFrom } from '../desk/steps.ts';
import { useRole } from '../desk/use-desk.ts';
import { onceKnown, useMay } from '../desk/use-may.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import { type DragCell, followDrags } from './dragging.ts';
import { type Column, others, placeAt, type Spot, spotOf } from './spots.ts';

interface Parts {
  desk: Desk;
  workflow: Workflow;
  columns: readonly Column[];
  by_hand: boolean;
  drag: DragCell;
}

/**
 * Returns which moves are possible, and a function to move a ticket: by a transition, with its place in the same
 * request.
 */
export function useMoves({ desk, workflow, columns, by_hand, drag }: Parts) {
  const role = useRole(desk);
  const right = useMay(desk, 'transition_ticket');
  const { may, why } = right;
  const known = onceKnown(right);
  const nameOf = (status: string) => statusOf(workflow, status).name;

  /** Why a ticket can't be put into a column; undefined where it can. */
  const refuses = (id: string, status: string): string | undefined => {
    const ticket = desk.tickets.shown(id);
    if (ticket === undefined) return t('It is gone.');
    if (!may) return why;
    // The board says of each card where this account may move it, so that cards can be moved before the rights are read.
    if (ticket.allowed_transitions.includes(status)) return undefined;
    if (ticket.status === status) return known.may || ticket.allowed_transitions.length > 0 ? undefined : known.why;
    const [from, to] = [nameOf(ticket.status), nameOf(status)];
    const exists = workflow.transitions.some((step) => step.from === ticket.status && step.to === status);
    return exists
      ? t('The step from {from} to {to} is for other roles.', { from, to })
      : t('No step from {from} to {to}.', { from, to });
  };

  const put = (id: string, { status, index }: Spot): void => {
    const ticket = desk.tickets.shown(id);
    const rows = columns.find((column) => column.status === status)?.rows ?? [];
    const refusal = refuses(id, status);
    if (refusal !== undefined) toast({ kind: 'error', text: refusal });
    if (ticket === undefined || refusal !== undefined) return;
    const placed = placeAt(rows, index, id);
    if (ticket.status !== status) {
      const step = stepsFrom(workflow, ticket).find(({ to }) => to === status);
      if (step !== undefined) move(desk, ticket, step, { role, workflow }, by_hand ? placed : undefined);
    } else if (by_hand && spotOf(columns, id)?.index !== index) {
      const of = others(rows, id).length + 1;
      const said = t('{key} is in {name} at place {place} of {of}', {
        key: ticket.key,
        name: nameOf(status),
        place: index + 1,
        of,
      });
      placeTicket(desk, ticket, placed, { said, was: placeAt(rows, spotOf(columns, id)?.index ?? 0, id) });
    }
  };

  const drop = useEffectEvent(put);
  // Say so when the drag starts: if nothing may be moved, no column accepts the card.
  const begun = useEffectEvent(() => {
    if (!may) toast({ kind: 'error', text: why });
  });
  useEffect(
    () =>
      followDrags(
        drag,
        (id, spot) => drop(id, spot),
        () => begun(),
      ),
    [drag],
  );

  // A stable function, so that columns aren't rendered again.
  const latest = useRef(refuses);
  latest.current = refuses;
  const refusesNow = useCallback((id: string, status: string) => latest.current(id, status), []);
  return { role, may, why, known, nameOf, refuses: refusesNow, put };
}
