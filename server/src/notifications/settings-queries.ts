import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Kind } from './contract.ts';
import type { Owner } from './queries.ts';

export interface SettingsRow {
  /** The kinds that they don't want. */
  off: Kind[];
  muted_project_ids: string[];
  version: number;
}

const defaults: SettingsRow = { off: [], muted_project_ids: [], version: 1 };

/** What a member wants to be told of: everything, until they change it. */
export async function settingsOf(db: Db, { workspace_id, user_id }: Owner): Promise<SettingsRow> {
  const row = await db.maybeOne<SettingsRow>(sql`
    select s.off, s.muted_project_ids, s.version from notification_settings s
    where s.workspace_id = ${workspace_id} and s.user_id = ${user_id}`);
  return row ?? defaults;
}

/** The same, locked until the commit. */
export async function lockSettings(tx: Tx, { workspace_id, user_id }: Owner): Promise<SettingsRow> {
  tx.send(sql`
    insert into notification_settings (workspace_id, user_id) values (${workspace_id}, ${user_id}) on conflict do nothing`);
  return tx.one(sql`
    select s.off, s.muted_project_ids, s.version from notification_settings s
    where s.workspace_id = ${workspace_id} and s.user_id = ${user_id} for no key update of s`);
}

export function updateSettings(tx: Tx, { workspace_id, user_id }: Owner, row: SettingsRow): void {
  tx.send(sql`
    update notification_settings set off = ${row.off}::text[], muted_project_ids = ${row.muted_project_ids}::uuid[],
      version = ${row.version}, updated_at = now()
    where workspace_id = ${workspace_id} and user_id = ${user_id}`);
}
