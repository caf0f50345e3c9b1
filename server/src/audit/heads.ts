import { sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';

/** Inserts the head of a new workspace's events. Without a head they would never be numbered. */
export function insertHead(tx: Tx, workspace_id: string): void {
  tx.send(sql`insert into event_heads (workspace_id) values (${workspace_id})`);
}
