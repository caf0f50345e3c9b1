import type { Role, Workflow } from 'baton-sdk';
import { cell } from '../store/cell.ts';
import type { Change, Field, KnownTicket, Step } from '../store/changes.ts';
import type { Placed } from '../store/ranks.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import type { Desk } from './desk.ts';
import { statusOf, stepBack, stepTo, type PossibleStep } from './steps.ts';
import { type Kept, perform } from './taken.ts';

interface Stepping {
  ticket_id: string;
  /** The other tickets that take the step in the same act. */
  others?: readonly string[];
  step: PossibleStep;
  placed?: Placed | undefined;
}

/** A step that waits for the fields that it requires. */
export const stepping = cell<Stepping | undefined>(undefined);

export interface Who {
  role: Role | (string & {}) | undefined;
  workflow: Workflow | undefined;
}

/**
 * Takes a step, or first asks for the fields that it requires. `placed` is the place in the new column, if one was
 * chosen.
 */
export function move(desk: Desk, ticket: KnownTicket, step: PossibleStep, who: Who, placed?: Placed): void {
  if (step.missing.length > 0) stepping.set({ ticket_id: ticket.id, step, placed });
  else take(desk, ticket, { to: step.to, placed }, who);
}

/** Takes a step with several tickets that may take it. The required fields are asked once for all of them. */
export function moveAll(desk: Desk, tickets: readonly KnownTicket[], step: PossibleStep, who: Who): void {
  const [first, ...others] = tickets;
  if (first === undefined) return;
  if (step.missing.length === 0) take(desk, tickets, { to: step.to }, who);
  else stepping.set({ ticket_id: first.id, others: others.map(({ id }) => id), step });
}

/** The message after a ticket was placed, and where the ticket was before. */
interface PlaceSaid {
  said: string;
  was: Placed;
}

/** Moves a ticket to another place within its status. */
export function placeAt(desk: Desk, ticket: KnownTicket, placed: Placed, { said, was }: PlaceSaid): void {
  const back = () => ({ kind: 'place' as const, placed: was });
  perform(desk, [{ ticket, change: { kind: 'place', placed }, back }], () => said);
}

/** One ticket, or several that are changed in one act. */
type Some = KnownTicket | readonly KnownTicket[];
const all = (some: Some): readonly KnownTicket[] => ('id' in some ? [some] : some);

/** Takes a step with the given fields. It can be undone if the workflow has a step back. */
export function take(
  desk: Desk,
  some: Some,
  given: { to: string } & Pick<Step, 'resolution' | 'assignee_id' | 'comment' | 'placed'>,
  { role = '', workflow }: Who,
): Kept {
  const is_shared = all(some).length > 1;
  const doings = all(some).map((ticket) => {
    // An assignee chosen for several tickets is only for those that have none.
    const { assignee_id, ...rest } = given;
    const is_given = assignee_id !== undefined && (!is_shared || ticket.assignee_id === null);
    const step = stepTo(workflow, ticket, { ...rest, ...(is_given && { assignee_id }), role });
    const back = (now: KnownTicket) => {
      if (now.status !== step.to || !stepBack(workflow, step, role)) return undefined;
      const resolution = ticket.resolution ?? undefined;
      const assignee = step.assignee_id === undefined ? {} : { assignee_id: ticket.assignee_id };
      return stepTo(workflow, now, { to: step.from, role, resolution, ...assignee });
    };
    return { ticket, change: step, back };
  });
  const { name } = statusOf(workflow, given.to);
  return perform(desk, doings, (count) => {
    const [one] = doings;
    if (doings.length === 1) return t('{key} moved to {name}', { key: one?.ticket.key ?? '', name });
    return t('{count, plural, one {# ticket} other {# tickets}} moved to {name}', { count, name });
  });
}

/** The message after several tickets were changed. A change of a single ticket needs none: the page shows it. */
const changedMany = (doings: readonly unknown[]) =>
  doings.length < 2
    ? undefined
    : (count: number) => t('{count, plural, one {# ticket} other {# tickets}} changed', { count });

export function assign(desk: Desk, some: Some, assignee_id: string | null): void {
  const doings = all(some)
    .filter((ticket) => ticket.assignee_id !== assignee_id)
    .map((ticket) => ({ ticket, change: { kind: 'assign' as const, assignee_id, was: ticket.assignee_id } }));
  perform(desk, doings, changedMany(doings));
}

/** Edits a field, based on the version that the person saw when they began. */
export function edit<F extends Field>(
  desk: Desk,
  some: Some,
  change: { field: F; value: Extract<Change, { kind: 'edit'; field: F }>['value'] },
  base_version?: number,
): Kept {
  const doings = all(some)
    .filter((ticket) => ticket[change.field] !== change.value)
    .map((ticket) => {
      return { ticket, change: { kind: 'edit', ...change } as Extract<Change, { kind: 'edit' }>, base_version };
    });
  return perform(desk, doings, changedMany(doings));
}

export function label(desk: Desk, some: Some, { add = [], remove = [] }: { add?: string[]; remove?: string[] }): void {
  const doings = all(some)
    .filter(({ labels }) => add.some((one) => !labels.includes(one)) || remove.some((one) => labels.includes(one)))
    .map((ticket) => ({ ticket, change: { kind: 'labels' as const, add, remove } }));
  perform(desk, doings, changedMany(doings));
}

export function comment(desk: Desk, { id, key, version }: KnownTicket, body: string): Kept {
  const at = { workspace_id: desk.workspace_id, ticket_id: id, ticket_key: key };
  const added = desk.operations.add(at, { kind: 'comment', body }, version);
  return () => desk.operations.kept(added);
}

/** Deletes tickets; they can always be restored. */
export function remove(desk: Desk, some: Some): void {
  const deleted_at = new Date().toISOString();
  const doings = all(some).map((ticket) => ({ ticket, change: { kind: 'delete' as const, at: deleted_at } }));
  perform(desk, doings, (count) => {
    const [one] = doings;
    if (doings.length === 1) return t('{key} deleted', { key: one?.ticket.key ?? '' });
    return t('{count, plural, one {# ticket} other {# tickets}} deleted', { count });
  });
}

export function restore(desk: Desk, ticket: KnownTicket): void {
  perform(desk, [{ ticket, change: { kind: 'restore' } }], () => t('{key} restored', { key: ticket.key }));
}

/** Copies the address of a ticket; if there is no clipboard (on plain HTTP under a host name), shows it instead. */
export function copyLink(desk: Desk, { key }: Pick<KnownTicket, 'key'>): void {
  const address = `${location.origin}/w/${desk.workspace_id}/t/${key}`;
  const copied = navigator.clipboard?.writeText(address);
  if (copied === undefined) toast({ text: address });
  else
    copied.then(
      () => toast({ text: t('Address of {key} copied', { key }) }),
      () => toast({ text: address }),
    );
}
