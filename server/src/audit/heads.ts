import { sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';

/** Begins the numbers of a new workspace's events. Without it they would never get one. */
export function insertHead(tx: Tx, workspace_id: string): void {
  tx.send(sql`insert into event_heads (workspace_id) values (${workspace_id})`);
}
