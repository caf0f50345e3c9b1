import { blank, listed } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { ends, type Found } from '../db/walk.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { Member, Person } from './contract.ts';
import { columns_of_members, columns_of_people } from './member-queries.ts';
import { wordStart } from '../lib/either-case.ts';

/**
 * The memberships in the order of their list, from the start of a page. There is no index of the words of names: a name belongs to the
 * account, and changes in all its workspaces at once. So a page reads a bounded number of memberships, however few it finds, and the
 * next page continues where it stopped.
 */
const walked = (workspace_id: string, which: Sql, part: KeysetPart, end: Sql): Sql => sql`(
  select m.* from memberships m where m.workspace_id = ${workspace_id} and ${which} and ${part.after}
  order by m.created_at, m.user_id ${end}) m`;

/** The place where a page stopped. */
const place = { user_id: sql`m.user_id`, created_at: sql`m.created_at` };

/** Joins each account by its key, one after the other. To find a rare name, the planner would otherwise read all accounts. */
const each_account = sql`cross join lateral (select u.* from users u where u.id = m.user_id limit 1) u`;

/** Returns the members whose name or address has a word that starts with this. */
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

/** Returns those who are or were members whose name has a word that starts with this. */
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
