import type { Actor } from '../access/authorize.ts';
import { recordAudit, recordAudits } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { Context } from '../serving/context.ts';
import { openTicket } from './access.ts';
import type { Place, place_ticket, Ticket } from './contract.ts';
import { type Beside, type Column, lockStanding, setRanks, ticketsAround } from './place-queries.ts';
import { presentTo } from './present.ts';
import { type Gap, long_rank, max_rank, rankBeside, rankOfNumber, ranksWithin, rankWithin } from './rank.ts';

/** How many tickets on each side get other ranks if there is no room, and how many if that is not enough. */
const windows = [50, 500];

/** Places a ticket among the others of its status. This is not a change of the ticket: its version stays, and nobody is notified. */
export async function placeTicket(context: Context<typeof place_ticket>): Promise<Ticket> {
  const { tx, writer, params, body: place } = context;
  const { actor, ticket, beside } = await openTicket(tx, writer, params.ticket, { place: { place } });
  const rank = await rankFor(tx, actor, { place, beside, column: ticket, ticket });
  if (rank === undefined) return presentTo(tx, ticket, actor);
  setRanks(tx, ticket.workspace_id, [{ id: ticket.id, rank, at: ticket.at }]);
  recordAudit(tx, actor, {
    action: 'ticket.placed',
    subject_id: ticket.id,
    before: { rank: ticket.rank },
    after: { rank },
    at: ticket.at,
  });
  return presentTo(tx, { ...ticket, rank }, actor);
}

/** Returns the gap that a place names and, at an end of the column, the side where more tickets will be placed. */
function gapOf(place: Place, { anchor, other, first, last_number }: Beside): Gap & { end?: 'above' | 'below' } {
  // Tickets that are created later stand above all that were placed at the top before.
  const top = rankOfNumber(last_number + 1);
  if (place.at === 'bottom' && other !== null) return { above: other, below: undefined, end: 'above' };
  if (anchor === null) return { above: top, below: first ?? undefined, end: first === null ? 'above' : 'below' };
  if (place.before !== undefined)
    return { above: other ?? top, below: anchor, ...(other === null ? { end: 'below' } : {}) };
  return { above: anchor, below: other ?? undefined, ...(other === null ? { end: 'above' } : {}) };
}

interface Placing {
  place: Place;
  beside: Beside;
  /** The column in which the ticket is placed. */
  column: Column;
  /** The ticket that is placed, with its rank if it is in the column already. */
  ticket: { id: string; number: number; rank?: string };
}

/**
 * Returns the rank of a ticket in its new place, or undefined if it stands there already. The transaction's locks keep others out of
 * that place. If the named ticket is gone or in another column, the place is the top.
 */
export async function rankFor(tx: Tx, actor: Actor, placing: Placing): Promise<string | undefined> {
  const { place, beside, ticket } = placing;
  const anchor_id = place.after ?? place.before;
  if (anchor_id === ticket.id) return undefined;
  const { end, ...gap } = gapOf(place, beside);
  const { rank, number } = ticket;
  if (rank !== undefined && gap.above < rank && (gap.below === undefined || rank < gap.below)) return undefined;
  const found = end === undefined ? rankWithin(gap, number) : rankBeside(gap, end, number);
  if (found !== undefined && found.length <= long_rank) return found;
  const made =
    anchor_id === undefined || beside.anchor === null ? undefined : await makeRoom(tx, actor, placing, anchor_id);
  if (made !== undefined) return made;
  if (found !== undefined && found.length <= max_rank) return found;
  const top = rankOfNumber(beside.last_number + 1);
  return rankBeside({ above: top, below: beside.first ?? undefined }, 'below', number);
}

/** Gives the tickets around the place new, evenly spaced ranks in the same order, and returns the rank for the place itself. */
async function makeRoom(tx: Tx, actor: Actor, placing: Placing, anchor_id: string): Promise<string | undefined> {
  const { place, beside, column, ticket } = placing;
  const anchor = { id: anchor_id, rank: beside.anchor ?? '' };
  for (const count of windows) {
    // One more ticket on each side is read: these two keep their ranks.
    const found = await ticketsAround(tx, { ...column, anchor, except: ticket.id, count: count + 1 });
    const at = found.findIndex(({ id }) => id === anchor_id);
    const has_above = at === count;
    const has_below = found.length - at - 1 === count + 1;
    const moved = found.slice(has_above ? 1 : 0, has_below ? -1 : undefined);
    const gap = {
      above: has_above ? (found[0]?.rank ?? '') : rankOfNumber(beside.last_number + 1),
      below: has_below ? found.at(-1)?.rank : undefined,
    };
    const place_at = moved.findIndex(({ id }) => id === anchor_id) + (place.before === undefined ? 1 : 0);
    const numbers = moved.map(({ number }) => number).toSpliced(place_at, 0, ticket.number);
    const ranks = ranksWithin(gap, numbers);
    if (ranks === undefined || ranks.some(({ length }) => length > long_rank)) continue;
    const [own] = ranks.splice(place_at, 1);
    const given = new Map(moved.map(({ id, rank }, index) => [id, { before: rank, rank: ranks[index] ?? '' }]));
    const locked = await lockStanding(tx, column, [...given.keys()]);
    const rows = locked.map(({ id, at: moment }) => ({ id, at: moment, before: '', rank: '', ...given.get(id) }));
    setRanks(tx, column.workspace_id, rows);
    recordAudits(
      tx,
      actor,
      rows.map(({ id, before, rank, at: moment }) => ({
        action: 'ticket.respaced' as const,
        subject_id: id,
        before: { rank: before },
        after: { rank },
        at: moment,
      })),
    );
    return own;
  }
  return undefined;
}
