import type { Response } from '../http/contract.ts';
import type { Context } from '../serving/context.ts';
import { countGroups, endsWithin } from './count-queries.ts';
import { type count_tickets, max_groups } from './list-contract.ts';
import { choose, filterOf, listingOf, restOf } from './listing.ts';

/** How many tickets one request reads. */
const max_looked_at = 20_000;

/** Counts the tickets that match, by status, assignee, priority or label, among at most `max_looked_at` of them. */
export async function countTickets(context: Context<typeof count_tickets>): Promise<Response<typeof count_tickets>> {
  const { db, workspace_id, user_id } = context;
  const { group_by, fields: _, ...asked } = context.query;
  const rest = restOf(listingOf(workspace_id, filterOf(asked, user_id), '-created_at'), undefined);
  const [source] = await choose(db, rest, endsWithin(max_looked_at));
  const [list] = rest;
  if (list === undefined || source === undefined) throw new Error('A list has no part.');
  return { group_by, ...(await countGroups(db, list, { source, group_by, most: max_groups })) };
}
