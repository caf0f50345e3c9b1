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

/** A ticket of this workspace, by id or key. Absent, deleted and another workspace's are all `not_found`. */
export function requireTicket(
  db: Db,
  workspace_id: string,
  ref: string,
  options: { description: boolean } = { description: true },
): Promise<TicketRow> {
  return requireFound(ticketByRef(db, workspace_id, ref, options));
}

/** The id of a ticket of this workspace, for reading what hangs on it. */
export async function requireTicketId(db: Db, workspace_id: string, ref: string): Promise<string> {
  const { id } = await requireFound(ticketId(db, workspace_id, ref));
  return id;
}

interface Opening {
  hold?: Hold;
  /** Whether a deleted ticket is one too. */
  deleted?: boolean;
  /** Whether one of an archived project is one too. */
  archived?: boolean;
  /** The member to assign the ticket to. */
  assignee_id?: string | null | undefined;
}

interface Placing extends Opening {
  /** Where to place the ticket, among those of a status if not of its own. */
  place: { place: Place; status?: string };
}

interface Opened {
  actor: Actor;
  ticket: LockedTicket;
  beside: Beside | undefined;
}

/**
 * The door to a ticket for every write, one round trip: authorises the caller, loads the ticket and locks it until the
 * commit. Refuses archived projects, and assignees who aren't members.
 */
export function openTicket(tx: Tx, writer: Writer, ref: string, opening: Placing): Promise<Opened & { beside: Beside }>;
export function openTicket(tx: Tx, writer: Writer, ref: string, opening?: Opening & Partial<Placing>): Promise<Opened>;
export async function openTicket(
  tx: Tx,
  writer: Writer,
  ref: string,
  { hold = 'change', deleted = false, archived = false, assignee_id, place }: Opening & Partial<Placing> = {},
): Promise<Opened> {
  // Memberships last: a writer that waits for a ticket keeps nobody's removal waiting.
  const [ticket, beside, assignable, actor] = await Promise.all([
    lockTicket(tx, writer, ref, { hold: place === undefined ? hold : 'place', deleted }),
    // After the lock, and so with what others have placed meanwhile.
    place === undefined ? undefined : besideTicket(tx, writer, ref, place),
    holdAssignee(tx, writer, assignee_id),
    writer.hold(),
  ]);
  return { actor, ticket: opened(ticket, { archived, assignable }), beside };
}

/** The ticket that was locked. Throws if there is none, or it may not be changed so. */
function opened(
  ticket: LockedTicket | undefined,
  { archived, assignable }: { archived: boolean; assignable: boolean },
): LockedTicket {
  if (ticket === undefined) throw new BatonError('not_found');
  if (ticket.project_archived_at !== null && !archived) throw new BatonError('project_archived');
  if (!assignable) throw new BatonError('assignee_not_member');
  return ticket;
}

/** What a change of one of several tickets needs. */
export interface Wanted {
  ref: string;
  deleted: boolean;
  assignee_id: string | null | undefined;
}

interface OpenedTickets {
  actor: Actor;
  /** The id of a ticket that is there or was deleted. */
  idOf: (ref: string) => string | undefined;
  /** The ticket that was wanted. Throws what `openTicket` throws. */
  open: (wanted: Wanted) => LockedTicket;
}

/**
 * The same door for several tickets, one round trip: they are locked in the order of their ids, whatever the order in which they
 * are wanted. So of two who want the same ones neither waits for what the other waits for.
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
  // A right that came back in the middle of the burst finds nothing at first, and nothing is locked then: it is asked once more.
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

/** Whether a ticket may be given to this user; nobody may always have it. */
export async function holdAssignee(tx: Tx, writer: Writer, user_id: string | null | undefined): Promise<boolean> {
  return user_id === null || user_id === undefined || (await lockAssignable(tx, writer, user_id));
}
