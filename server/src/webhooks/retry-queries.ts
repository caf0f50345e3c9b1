import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { WebhookKey } from './worker-queries.ts';

/** A condition for webhooks that are not deleted, and whose workspace isn't. */
export const isThere: Sql = sql`w.deleted_at is null and w.state_reason is distinct from 'workspace_deleted'`;

/** Returns the key of a webhook that is not deleted, in any workspace. It needs the worker's role. */
export function webhookKey(db: Db, id: string): Promise<WebhookKey | undefined> {
  return db.maybeOne(sql`select w.workspace_id, w.id from webhooks w where w.id = ${id} and ${isThere}`);
}

/** Returns the next webhooks after this one with given-up deliveries, in one workspace or all. */
export function webhooksThatGaveUp(
  db: Db,
  { behind, workspace_id, limit }: { behind: WebhookKey; workspace_id: string | undefined; limit: number },
): Promise<WebhookKey[]> {
  const within: Sql = workspace_id === undefined ? sql`true` : sql`d.workspace_id = ${workspace_id}`;
  return db.rows(sql`
    select distinct d.workspace_id, d.webhook_id as id
    from deliveries d join webhooks w on w.workspace_id = d.workspace_id and w.id = d.webhook_id
    where d.outcome = 'given_up' and ${isThere} and ${within}
      and (d.workspace_id, d.webhook_id) > (${behind.workspace_id}::uuid, ${behind.id}::uuid)
    order by 1, 2 limit ${limit}`);
}

/** Locks a webhook whose deliveries are queued again, against storing outcomes or queueing deliveries. */
export function lockToRetry(
  tx: Tx,
  { workspace_id, id }: WebhookKey,
): Promise<{ state: 'active' | 'paused' | 'disabled'; created_by: string } | undefined> {
  return tx.maybeOne(sql`
    select w.state, w.created_by from webhooks w
    where w.workspace_id = ${workspace_id} and w.id = ${id} and w.deleted_at is null for no key update of w`);
}

/** Returns the numbers of the events, after `behind`, whose deliveries were given up; or of one event only. */
export async function givenUpOf(
  tx: Tx,
  { workspace_id, id }: WebhookKey,
  { behind, event_id, limit }: { behind: number; event_id: string | undefined; limit: number },
): Promise<number[]> {
  const which: Sql = event_id === undefined ? sql`true` : sql`d.event_id = ${event_id}`;
  const rows = await tx.rows<{ sequence: number }>(sql`
    select d.sequence from deliveries d
    where d.workspace_id = ${workspace_id} and d.webhook_id = ${id} and d.outcome = 'given_up' and d.sequence > ${behind} and ${which}
    order by d.sequence limit ${limit}`);
  return rows.map(({ sequence }) => sequence);
}
