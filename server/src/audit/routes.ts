import { cursorPage, spanAfter, spanBetween, walk_order } from '../http/cursor.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import * as contract from './contract.ts';
import type { AuditEntryRow } from './contract.ts';
import { auditEntries } from './queries.ts';

export function auditRoutes(serve: Serve, { cursors }: Services): void {
  serve(contract.list_audit, async ({ db, workspace_id, query }) => {
    const { fields: _, limit, cursor, created_after, created_before, ...filter } = query;
    const created = spanBetween(created_after, created_before);
    const page = await cursorPage({
      cursors,
      operation: 'list_audit',
      filter: { workspace_id, created, ...filter },
      query: { limit, cursor },
      order: walk_order,
      descending: true,
      rows: (position, rows) =>
        auditEntries(db, workspace_id, filter, { span: spanAfter(created, position, true), limit: rows }),
    });
    return { ...page, data: page.data.map(presented) };
  });
}

/** Removes the statement's own columns from the entry. */
function presented({ at: _, stopped: __, ...entry }: AuditEntryRow & { at: string; stopped?: boolean }): AuditEntryRow {
  return entry;
}
