import type { Role, Workflow } from 'baton-sdk';
import { cell } from '../store/cell.ts';
import type { Change, Field, KnownTicket, Step } from '../store/changes.ts';
import type { Placed } from '../store/ranks.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import type { Desk } from './desk.ts';
import { statusOf, stepBack, stepTo, type PossibleStep } from './steps.ts';

/** A step that is to be taken as soon as the person has said what it needs. */
export const stepping = cell<{ ticket_id: string; step: PossibleStep; placed?: Placed | undefined } | undefined>(
  undefined,
);

const at = (desk: Desk, { id, key }: KnownTicket) => ({
  workspace_id: desk.workspace_id,
  ticket_id: id,
  ticket_key: key,
});

/** Does something to a ticket, based on what the person saw. Gives the operation's id. */
const act = (desk: Desk, ticket: KnownTicket, change: Change, base_version = ticket.version): string =>
  desk.operations.add(at(desk, ticket), change, base_version);

/** What is said of an operation once the server has done it, and how it is taken back. */
export interface News {
  text: string;
  undo?: (() => void) | undefined;
}

/** What is to be said of operations that are not done yet, by their ids. */
export const news = new Map<string, News>();

export interface Who {
  role: Role | (string & {}) | undefined;
  workflow: Workflow | undefined;
}

/** Takes a step, or asks first for what it needs; with the place among the others there, where one was chosen. */
export function move(desk: Desk, ticket: KnownTicket, step: PossibleStep, who: Who, placed?: Placed): void {
  if (step.missing.length > 0) stepping.set({ ticket_id: ticket.id, step, placed });
  else take(desk, ticket, { to: step.to, placed }, who);
}

/** Puts a ticket in another place among the others of its status. `said`: what is said once it is done. */
export function placeAt(desk: Desk, ticket: KnownTicket, placed: Placed, said: string): void {
  news.set(act(desk, ticket, { kind: 'place', placed }), { text: said });
}

/** Takes a step with what it needs. It can be taken back where the workflow has a way. */
export function take(
  desk: Desk,
  ticket: KnownTicket,
  given: { to: string } & Pick<Step, 'resolution' | 'assignee_id' | 'comment' | 'placed'>,
  { role = '', workflow }: Who,
): void {
  const step = stepTo(workflow, ticket, { ...given, role });
  const { name } = statusOf(workflow, step.to);
  const undo = () => {
    const now = desk.tickets.shown(ticket.id);
    if (now?.status === step.to) act(desk, now, stepTo(workflow, now, { to: step.from, role }));
  };
  news.set(act(desk, ticket, step), {
    text: t('{key} moved to {name}', { key: ticket.key, name }),
    ...(stepBack(workflow, step, role) && { undo }),
  });
}

export function assign(desk: Desk, ticket: KnownTicket, assignee_id: string | null): void {
  if (ticket.assignee_id !== assignee_id) act(desk, ticket, { kind: 'assign', assignee_id, was: ticket.assignee_id });
}

/** Edits a field, on top of the version that the person saw as they began. */
export function edit<F extends Field>(
  desk: Desk,
  ticket: KnownTicket,
  change: { field: F; value: Extract<Change, { kind: 'edit'; field: F }>['value'] },
  base_version = ticket.version,
): void {
  if (ticket[change.field] !== change.value) {
    act(desk, ticket, { kind: 'edit', ...change } as Extract<Change, { kind: 'edit' }>, base_version);
  }
}

export function label(desk: Desk, ticket: KnownTicket, change: { add?: string[]; remove?: string[] }): void {
  act(desk, ticket, { kind: 'labels', add: change.add ?? [], remove: change.remove ?? [] });
}

export function comment(desk: Desk, ticket: KnownTicket, body: string): void {
  act(desk, ticket, { kind: 'comment', body });
}

/** Deletes a ticket; it can always be restored. */
export function remove(desk: Desk, ticket: KnownTicket): void {
  const id = act(desk, ticket, { kind: 'delete', at: new Date().toISOString() });
  const undo = () => restore(desk, desk.tickets.shown(ticket.id) ?? ticket);
  news.set(id, { text: t('{key} deleted', { key: ticket.key }), undo });
}

export function restore(desk: Desk, ticket: KnownTicket): void {
  news.set(act(desk, ticket, { kind: 'restore' }), { text: t('{key} restored', { key: ticket.key }) });
}

/** Copies the address of a ticket. Says it where there is no clipboard: on plain HTTP by a host’s name. */
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
