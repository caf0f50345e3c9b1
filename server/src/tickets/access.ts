import type { Actor, Writer } from '../access/authorize.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { BatonError, requireFound } from '../errors.ts';
import type { Place } from './contract.ts';
import { type Beside, besideTicket } from './place-queries.ts';
import {
  type Hold,
  lockAssignable,
  lockAssignables,
  lockTicket,
  type LockedTicket,
  lockTickets,
  ticketByRef,
  ticketId,
  type TicketRow,
} from './queries.ts';

/** Returns a ticket of this workspace by id or key. Throws `not_found` if it is absent, deleted or in another workspace. */
export function requireTicket(
  db: Db,
  workspace_id: string,
  ref: string,
  options: { description: boolean } = { description: true },
): Promise<TicketRow> {
  return requireFound(ticketByRef(db, workspace_id, ref, options));
}

/** Returns the id of a ticket of this workspace, for reading what belongs to it. */
export async function requireTicketId(db: Db, workspace_id: string, ref: string): Promise<string> {
  const { id } = await requireFound(ticketId(db, workspace_id, ref));
  return id;
}

interface Opening {
  hold?: Hold;
  /** Whether a deleted ticket can be opened. */
  deleted?: boolean;
  /** Whether a ticket of an archived project can be opened. */
  archived?: boolean;
  /** The member to assign the ticket to. */
  assignee_id?: string | null | undefined;
}

interface Placing extends Opening {
  /** Where to place the ticket, among those of this status or, without one, of its own. */
  place: { place: Place; status?: string };
}

interface Opened {
  actor: Actor;
  ticket: LockedTicket;
  beside: Beside | undefined;
}

/**
 * The door to a ticket for every write: in one round trip it authorises the caller, loads the ticket and locks it until the
 * commit. It refuses archived projects, and assignees who aren't members.
 */
export function openTicket(tx: Tx, writer: Writer, ref: string, opening: Placing): Promise<Opened & { beside: Beside }>;
export function openTicket(tx: Tx, writer: Writer, ref: string, opening?: Opening & Partial<Placing>): Promise<Opened>;
export async function openTicket(
  tx: Tx,
  writer: Writer,
  ref: string,
  { hold = 'change', deleted = false, archived = false, assignee_id, place }: Opening & Partial<Placing> = {},
): Promise<Opened> {
  // Memberships are locked last, so that a write that waits for a ticket does not delay the removal of a member.
  const [ticket, beside, assignable, actor] = await Promise.all([
    lockTicket(tx, writer, ref, { hold: place === undefined ? hold : 'place', deleted }),
    // Read after the lock, so that it includes tickets that others have placed meanwhile.
    place === undefined ? undefined : besideTicket(tx, writer, ref, place),
    holdAssignee(tx, writer, assignee_id),
    writer.hold(),
  ]);
  return { actor, ticket: opened(ticket, { archived, assignable }), beside };
}

/** Returns the ticket that was locked. Throws if there is none, or if this change is not allowed. */
function opened(
  ticket: LockedTicket | undefined,
  { archived, assignable }: { archived: boolean; assignable: boolean },
): LockedTicket {
  if (ticket === undefined) throw new BatonError('not_found');
  if (ticket.project_archived_at !== null && !archived) throw new BatonError('project_archived');
  if (!assignable) throw new BatonError('assignee_not_member');
  return ticket;
}

/** What one of several changes needs of its ticket. */
export interface Wanted {
  ref: string;
  deleted: boolean;
  assignee_id: string | null | undefined;
}

interface OpenedTickets {
  actor: Actor;
  /** The id of a ticket, even of a deleted one. */
  idOf: (ref: string) => string | undefined;
  /** Returns the wanted ticket. Throws what `openTicket` throws. */
  open: (wanted: Wanted) => LockedTicket;
}

/**
 * The same door for several tickets, in one round trip. Tickets are locked in the order of their ids, whatever the order of
 * `wanted`, so that two requests for the same tickets can't deadlock.
 */
export async function openTickets(
  tx: Tx,
  writer: Writer,
  wanted: readonly Wanted[],
  hold: 'change' | 'delete',
): Promise<OpenedTickets> {
  const refs = wanted.map(({ ref }) => ref);
  const user_ids = [...new Set(wanted.flatMap(({ assignee_id }) => assignee_id ?? []))];
  const lock = () => Promise.all([lockTickets(tx, writer, refs, hold), lockAssignables(tx, writer, user_ids)]);
  let [[tickets, assignable], actor] = await Promise.all([lock(), writer.hold()]);
  // If the caller regained their role in the middle of the batch, the first attempt found and locked nothing: it is repeated once.
  if (tickets.length === 0 || (assignable.length === 0 && user_ids.length > 0)) [tickets, assignable] = await lock();
  const known = new Map(tickets.flatMap((ticket) => [[ticket.id, ticket] as const, [ticket.key, ticket] as const]));
  return {
    actor,
    idOf: (ref) => known.get(ref)?.id,
    open: ({ ref, deleted, assignee_id }) => {
      const ticket = known.get(ref);
      const is_there = ticket !== undefined && (ticket.deleted_at === null || deleted);
      const may_have = assignee_id === null || assignee_id === undefined || assignable.includes(assignee_id);
      return opened(is_there ? ticket : undefined, { archived: false, assignable: may_have });
    },
  };
}

/** Returns whether a ticket may be assigned to this user, and locks their membership. A ticket may always be assigned to nobody. */
export async function holdAssignee(tx: Tx, writer: Writer, user_id: string | null | undefined): Promise<boolean> {
  return user_id === null || user_id === undefined || (await lockAssignable(tx, writer, user_id));
}
