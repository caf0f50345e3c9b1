import { assigned, type Columns, selected, without } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Preferences } from './contract.ts';

const all = {
  theme: sql`theme`,
  density: sql`density`,
  time_zone: sql`time_zone`,
  language: sql`language`,
  single_keys: sql`single_keys`,
  keys: sql`keys`,
  version: sql`version`,
  updated_at: sql`updated_at`,
} satisfies Columns<keyof Preferences>;

const columns = selected(all, sql`p`);

/** The preferences of somebody who has changed none. */
const usual: Preferences = {
  theme: 'system',
  density: 'comfortable',
  time_zone: null,
  language: null,
  single_keys: true,
  keys: {},
  version: 1,
  updated_at: null,
};

export async function preferencesOf(db: Db, user_id: string): Promise<Preferences> {
  const row = await db.maybeOne<Preferences>(sql`select ${columns} from preferences p where p.user_id = ${user_id}`);
  return row ?? usual;
}

/** Returns the same, locked until the commit. It inserts the row if there is none, so that two first changes are serialized too. */
export async function lockPreferences(tx: Tx, user_id: string): Promise<Preferences> {
  tx.send(sql`insert into preferences (user_id) values (${user_id}) on conflict do nothing`);
  return tx.one(sql`select ${columns} from preferences p where p.user_id = ${user_id} for no key update of p`);
}

type Chosen = Omit<Preferences, 'updated_at'>;

/** Updates preferences that the transaction has locked. */
export function updatePreferences(tx: Tx, user_id: string, chosen: Chosen): Promise<Preferences> {
  return tx.one(sql`
    update preferences as p set ${assigned(without(all, 'updated_at'), chosen)}, updated_at = now()
    where p.user_id = ${user_id} returning ${columns}`);
}
