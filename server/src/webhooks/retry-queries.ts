import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { WebhookKey } from './worker-queries.ts';

/** A webhook that is there, and whose workspace is. */
export const isThere: Sql = sql`w.deleted_at is null and w.state_reason is distinct from 'workspace_deleted'`;

/** The key of a webhook that is there, in whichever workspace; as the worker. */
export function webhookKey(db: Db, id: string): Promise<WebhookKey | undefined> {
  return db.maybeOne(sql`select w.workspace_id, w.id from webhooks w where w.id = ${id} and ${isThere}`);
}

/** Webhooks behind this one that have given something up: of a workspace, or of all. */
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

/** A webhook whose deliveries are queued once more; locked against what ends one of them, or queues one. */
export function lockToRetry(
  tx: Tx,
  { workspace_id, id }: WebhookKey,
): Promise<{ state: 'active' | 'paused' | 'disabled'; created_by: string } | undefined> {
  return tx.maybeOne(sql`
    select w.state, w.created_by from webhooks w
    where w.workspace_id = ${workspace_id} and w.id = ${id} and w.deleted_at is null for no key update of w`);
}

/** The numbers of events that a webhook has given up, behind this one; or of the one event. */
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
