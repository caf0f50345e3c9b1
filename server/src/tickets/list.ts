import type { Applicant } from '../access/authorize.ts';
import type { Db } from '../db/transaction.ts';
import { sql } from '../db/sql.ts';
import type { Query, Response } from '../http/contract.ts';
import { type Cursors, keysetPage } from '../http/cursor.ts';
import { definitionsOf } from '../projects/definitions.ts';
import type { list_tickets } from './contract.ts';
import { presentTicket } from './present.ts';
import { type TicketFilter, ticketList, type TicketRow } from './queries.ts';

/** The columns a list may be ordered by. */
export const orders = {
  created_at: sql`t.created_at`,
  updated_at: sql`t.updated_at`,
};

/** The tie-break. */
export const tie_break = sql`t.id`;

/** One page of the tickets that match. The statement is issued before the actor is known: one round trip for both. */
export async function listTickets(
  db: Db,
  cursors: Cursors,
  applicant: Applicant,
  query: Query<typeof list_tickets>,
): Promise<Response<typeof list_tickets>> {
  const { workspace_id, user_id } = applicant;
  const { limit, cursor, sort, assignee, reporter, deleted, ...narrow } = query;
  const me = (who: string | undefined) => (who === 'me' ? user_id : who);
  const filter: TicketFilter = {
    ...narrow,
    assignee_id: assignee === 'none' ? null : me(assignee),
    reporter_id: me(reporter),
    deleted: deleted === 'true',
  };
  const column = sort.endsWith('updated_at') ? 'updated_at' : 'created_at';
  const page = await keysetPage({
    cursors,
    operation: 'list_tickets',
    filter: { ...filter, column, workspace_id },
    query: { limit, cursor },
    at: orders[column],
    id: tie_break,
    descending: sort.startsWith('-'),
    rows: (part) => db.rows<TicketRow>(ticketList(workspace_id, filter, part)),
    positionOf: (row) => ({ at: row[column], id: row.id }),
  });
  const { role } = await applicant.actor;
  const definitionFor = await definitionsOf(db, workspace_id, page.data);
  return { ...page, data: page.data.map((row) => presentTicket(row, definitionFor(row), role)) };
}
