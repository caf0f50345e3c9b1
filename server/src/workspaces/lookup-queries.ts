import { blank, listed } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { ends, type Found } from '../db/walk.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { Member, Person } from './contract.ts';
import { columns_of_members, columns_of_people } from './member-queries.ts';
import { wordStart } from '../lib/word-start.ts';

/**
 * The memberships in the order of their list, from where a page begins. There is no index of the words of names: a name is the account's, in
 * whatever workspaces that is, and changes in all of them at once. So a page looks at a bounded number of memberships, however few it finds,
 * and the next one goes on where it stopped.
 */
const walked = (workspace_id: string, which: Sql, part: KeysetPart, end: Sql): Sql => sql`(
  select m.* from memberships m where m.workspace_id = ${workspace_id} and ${which} and ${part.after}
  order by m.created_at, m.user_id ${end}) m`;

/** Where a page stopped. */
const place = { user_id: sql`m.user_id`, created_at: sql`m.created_at` };

/** The account of each. By its key, one after the other: to find a rare name the planner would rather read all accounts there are. */
const each_account = sql`cross join lateral (select u.* from users u where u.id = m.user_id limit 1) u`;

/** The members of whose name or address a word starts with this. */
export function membersFound(db: Db, workspace_id: string, q: string, part: KeysetPart): Promise<Found<Member>[]> {
  const start = wordStart(q);
  const live = sql`m.removed_at is null`;
  return db.rows(sql`
    (select ${listed(columns_of_members)}, false as stopped
     from ${walked(workspace_id, live, part, ends.walked)} ${each_account}
     where u.kind = 'person' and (u.name ~ ${start} or u.email ~ ${start})
     ${part.order_and_limit})
    union all
    (select ${blank(columns_of_members, place)}, true from ${walked(workspace_id, live, part, ends.stop)})`);
}

/** Those who are or were members, of whose name a word starts with this. */
export function peopleFound(db: Db, workspace_id: string, q: string, part: KeysetPart): Promise<Found<Person>[]> {
  const all = sql`true`;
  return db.rows(sql`
    (select ${listed(columns_of_people)}, false as stopped
     from ${walked(workspace_id, all, part, ends.walked)} ${each_account}
     where u.name ~ ${wordStart(q)}
     ${part.order_and_limit})
    union all
    (select ${blank(columns_of_people, place)}, true from ${walked(workspace_id, all, part, ends.stop)})`);
}
