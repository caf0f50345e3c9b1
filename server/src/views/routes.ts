import { sql } from '../db/sql.ts';
import { requireFound } from '../errors.ts';
import { byId, byTime } from '../http/cursor.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import { deleteView, editView, restoreView } from './change.ts';
import * as contract from './contract.ts';
import { createView } from './create.ts';
import { goneFrom, mostBytes, viewById, viewsOf } from './queries.ts';
import { parsedOf } from './query.ts';

export function viewRoutes(serve: Serve, { config }: Pick<Services, 'config'>): void {
  serve(contract.create_view, (context) => createView(context, config));
  serve.list(contract.list_views, ({ db, workspace_id, user_id }) => ({
    filter: { workspace_id, user_id },
    order: { created_at: byTime(sql`v.created_at`), id: byId(sql`v.id`) },
    rows: (part) => viewsOf(db, { workspace_id, user_id }, part),
    mostBytes,
  }));
  serve(contract.get_view, async ({ db, workspace_id, user_id, params }) => {
    const view = await requireFound(viewById(db, { workspace_id, user_id }, params.view_id));
    return { ...view, gone: await goneFrom(db, workspace_id, parsedOf(view.query)) };
  });
  serve(contract.update_view, (context) => editView(context, config));
  serve(contract.delete_view, deleteView);
  serve(contract.restore_view, (context) => restoreView(context, config));
}
