import { type Columns, later, type Locked } from '../db/columns.ts';
import { join, type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { Bot } from './bot-contract.ts';

/** What is shown of a bot, and whose it is: the membership's, or the account's. */
const bot_columns = {
  id: sql`m.user_id as id`,
  name: sql`u.name`,
  role: sql`m.role`,
  version: sql`m.version`,
  created_at: sql`m.created_at`,
  updated_at: sql`m.updated_at`,
} satisfies Columns<keyof Bot>;

const columns = join(Object.values(bot_columns), sql`, `);

function ofBots(workspace_id: string): Sql {
  return sql`from memberships m join users u on u.id = m.user_id
    where m.workspace_id = ${workspace_id} and m.removed_at is null and u.kind = 'bot'`;
}

export function botsOf(db: Db, workspace_id: string, part: KeysetPart): Promise<Bot[]> {
  return db.rows(sql`select ${columns} ${ofBots(workspace_id)} and ${part.after} ${part.order_and_limit}`);
}

export function botById(db: Db, workspace_id: string, user_id: string): Promise<Bot | undefined> {
  return db.maybeOne(sql`select ${columns} ${ofBots(workspace_id)} and m.user_id = ${user_id}`);
}

/** A bot, locked against other changes of it until the commit. */
export function lockBot(tx: Tx, workspace_id: string, user_id: string): Promise<Locked<Bot> | undefined> {
  return tx.maybeOne(sql`
    select ${columns}, ${later(sql`m.updated_at`)} as at ${ofBots(workspace_id)} and m.user_id = ${user_id} for no key update of m`);
}
