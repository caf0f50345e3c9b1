import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { Comment } from './contract.ts';

export function insertComment(tx: Tx, row: Comment & { workspace_id: string }): void {
  tx.send(sql`
    insert into comments (workspace_id, ticket_id, id, author_id, body, created_at)
    values (${row.workspace_id}, ${row.ticket_id}, ${row.id}, ${row.author_id}, ${row.body}, ${row.created_at})`);
}

export function commentsOf(db: Db, workspace_id: string, ticket_id: string, part: KeysetPart): Promise<Comment[]> {
  return db.rows(sql`
    select c.id, c.ticket_id, c.author_id, c.body, c.created_at
    from comments c
    where c.workspace_id = ${workspace_id} and c.ticket_id = ${ticket_id} and ${part.after}
    ${part.order_and_limit}`);
}
