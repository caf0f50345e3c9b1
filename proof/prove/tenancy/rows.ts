import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from '../../harness/database.ts';
import type { World } from './world.ts';

/**
 * Waits until the worker has numbered all events of the attacked workspace, and notified people and webhooks of them: this
 * changes rows, whatever the requests do.
 */
export async function allProcessed({ owner }: TestDatabase, { sides }: World): Promise<void> {
  const { workspace_id } = sides.attacked;
  for (const until = performance.now() + 30_000; ; await sleep(50)) {
    const { rowCount } = await owner.query(
      `select 1 from outbox where workspace_id = $1
       union all
       select 1 from event_heads h left join notification_places p using (workspace_id)
         where h.workspace_id = $1 and h.last_sequence > coalesce(p.last_sequence, 0)
       union all
       select 1 from webhooks w join event_heads h using (workspace_id)
         where h.workspace_id = $1 and w.state = 'active' and w.deleted_at is null and h.last_sequence > w.last_sequence`,
      [workspace_id],
    );
    if (rowCount === 0) return;
    if (performance.now() > until) throw new Error('The worker did not process the events of the attacked workspace.');
  }
}

/** Every row of the attacked workspace and of its members' accounts, by table, as text in a fixed order. */
export async function rowsOf({ owner }: TestDatabase, { sides, team }: World): Promise<Map<string, string>> {
  const { rows: columns } = await owner.query<{ table_name: string; column_name: string }>(
    `select c.table_name, c.column_name from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = 'uuid'
       and (c.column_name in ('workspace_id', 'user_id') or (c.table_name, c.column_name) in (('workspaces', 'id'), ('users', 'id')))`,
  );
  const people = Object.values(team).map(({ user }) => user.id);
  const dump = new Map<string, string>();
  for (const { table_name, column_name } of columns) {
    const tenant = column_name === 'workspace_id' || table_name === 'workspaces';
    // Members' rows outside the workspace are their own doing: they may create workspaces, and give a wrong password.
    if (!tenant && ['memberships', 'user_workspaces', 'failed_attempts'].includes(table_name)) continue;
    // Reading the checkpoint makes the server sign one from time to time.
    if (table_name === 'event_checkpoints') continue;
    const { rows } = await owner.query<{ text: string | null }>(
      // The server updates last_used_at from time to time.
      `select string_agg((to_jsonb(t) - 'last_used_at')::text, E'\\n' order by (to_jsonb(t) - 'last_used_at')::text) as text from ${table_name} t
       where ${column_name} = any ($1)`,
      [tenant ? [sides.attacked.workspace_id] : people],
    );
    dump.set(`${table_name} by ${column_name}`, rows[0]?.text ?? '');
  }
  return dump;
}

/** The tables whose rows have changed. */
export function changedRows(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...before].filter(([name, text]) => after.get(name) !== text).map(([name]) => `rows changed: ${name}`);
}
