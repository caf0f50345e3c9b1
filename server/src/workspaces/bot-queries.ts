import { blank, type Columns, later, listed, type Locked } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { ends, type Found } from '../db/walk.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { Bot } from './bot-contract.ts';

/** The columns of a bot that are shown, each from its membership or its account. */
const bot_columns = {
  id: sql`m.user_id as id`,
  name: sql`u.name`,
  role: sql`m.role`,
  version: sql`m.version`,
  created_at: sql`m.created_at`,
  updated_at: sql`m.updated_at`,
} satisfies Columns<keyof Bot>;

const columns = listed(bot_columns);
const stopped_at = blank(bot_columns, { id: sql`m.user_id`, created_at: sql`m.created_at` });

function ofBots(workspace_id: string): Sql {
  return sql`from memberships m join users u on u.id = m.user_id
    where m.workspace_id = ${workspace_id} and m.removed_at is null and u.kind = 'bot'`;
}

/** Returns a page of the bots and, if it did not read all members, the place where it stopped. */
export function botsOf(db: Db, workspace_id: string, part: KeysetPart): Promise<Found<Bot>[]> {
  const walked = (end: Sql) => sql`(
    select * from memberships m where m.workspace_id = ${workspace_id} and m.removed_at is null and ${part.after}
    order by m.created_at, m.user_id ${end}) m`;
  return db.rows(sql`
    (select ${columns}, false as stopped from ${walked(ends.walked)}
     cross join lateral (select u.name from users u where u.id = m.user_id and u.kind = 'bot' limit 1) u
     ${part.order_and_limit})
    union all
    (select ${stopped_at}, true from ${walked(ends.stop)})`);
}

export function botById(db: Db, workspace_id: string, user_id: string): Promise<Bot | undefined> {
  return db.maybeOne(sql`select ${columns} ${ofBots(workspace_id)} and m.user_id = ${user_id}`);
}

/** Returns a bot, locked against other changes until the commit. */
export function lockBot(tx: Tx, workspace_id: string, user_id: string): Promise<Locked<Bot> | undefined> {
  return tx.maybeOne(sql`
    select ${columns}, ${later(sql`m.updated_at`)} as at ${ofBots(workspace_id)} and m.user_id = ${user_id} for no key update of m`);
}
