import { assigned, type Columns, selected, without } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { type Kind, mailed_by_default, type Settings } from './contract.ts';
import type { Owner } from './queries.ts';

export interface SettingsRow {
  /** The kinds that are turned off. */
  off: Kind[];
  /** The kinds that are mailed. */
  mail: Kind[];
  quiet_hours: Settings['quiet_hours'];
  muted_project_ids: string[];
  version: number;
}

const defaults: SettingsRow = {
  off: [],
  mail: mailed_by_default,
  quiet_hours: null,
  muted_project_ids: [],
  version: 1,
};

/** The row as it is stored: quiet hours are three columns. */
type Stored = Omit<SettingsRow, 'quiet_hours'> & Record<'quiet_from' | 'quiet_to' | 'quiet_zone', string | null>;

const stored_columns = {
  off: sql`off`,
  mail: sql`mail`,
  muted_project_ids: sql`muted_project_ids`,
  version: sql`version`,
  quiet_from: sql`quiet_from`,
  quiet_to: sql`quiet_to`,
  quiet_zone: sql`quiet_zone`,
} satisfies Columns<keyof Stored>;

function storedOf({ quiet_hours, ...row }: SettingsRow): Stored {
  const { from = null, to = null, time_zone = null } = quiet_hours ?? {};
  return { ...row, quiet_from: from, quiet_to: to, quiet_zone: time_zone };
}

const columns = sql`${selected(without(stored_columns, 'quiet_from', 'quiet_to', 'quiet_zone'), sql`s`)},
  case when s.quiet_from is not null then json_build_object('from', to_char(s.quiet_from, 'HH24:MI'),
    'to', to_char(s.quiet_to, 'HH24:MI'), 'time_zone', s.quiet_zone) end as quiet_hours`;

/** Returns a member's notification settings, or the defaults if they have changed nothing. */
export async function settingsOf(db: Db, { workspace_id, user_id }: Owner): Promise<SettingsRow> {
  const row = await db.maybeOne<SettingsRow>(sql`
    select ${columns} from notification_settings s
    where s.workspace_id = ${workspace_id} and s.user_id = ${user_id}`);
  return row ?? defaults;
}

/** Returns a member's notification settings, locked until the commit. Inserts the row if there is none. */
export async function lockSettings(tx: Tx, { workspace_id, user_id }: Owner): Promise<SettingsRow> {
  tx.send(sql`
    insert into notification_settings (workspace_id, user_id) values (${workspace_id}, ${user_id}) on conflict do nothing`);
  return tx.one(sql`
    select ${columns} from notification_settings s
    where s.workspace_id = ${workspace_id} and s.user_id = ${user_id} for no key update of s`);
}

export function updateSettings(tx: Tx, { workspace_id, user_id }: Owner, row: SettingsRow): void {
  tx.send(sql`
    update notification_settings set ${assigned(stored_columns, storedOf(row))}, updated_at = now()
    where workspace_id = ${workspace_id} and user_id = ${user_id}`);
}

/** Makes a member's waiting mail due within a minute, so that it follows their new quiet hours. */
export function askAgainToMail(tx: Tx, user_id: string): void {
  tx.send(sql`select mail_asks_again(${user_id}::uuid)`);
}
