import { sql } from '../db/sql.ts';
import { keysetPage } from '../http/cursor.ts';
import type { Routes, Services } from '../http/handle.ts';
import * as contract from './contract.ts';
import { auditEntries } from './queries.ts';

export function auditRoutes(routes: Routes, { cursors }: Services): void {
  routes.read(contract.list_audit, (db, { workspace_id }, { query }) => {
    const { limit, cursor, ...filter } = query;
    return keysetPage({
      cursors,
      operation: 'list_audit',
      filter: { workspace_id, ...filter },
      query: { limit, cursor },
      at: sql`a.created_at`,
      id: sql`a.id`,
      descending: true,
      rows: (part) => auditEntries(db, workspace_id, filter, part),
      positionOf: (row) => ({ at: row.created_at, id: row.id }),
    });
  });
}
