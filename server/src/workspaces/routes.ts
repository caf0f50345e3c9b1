import { sql } from '../db/sql.ts';
import { keysetPage } from '../http/cursor.ts';
import type { Routes, Services } from '../http/handle.ts';
import * as contract from './contract.ts';
import { createWorkspace } from './create.ts';
import { workspaceById, workspacesOf } from './queries.ts';

export function workspaceRoutes(routes: Routes, services: Services): void {
  routes.account(contract.create_workspace, (_, caller, { body }) => createWorkspace(services, caller, body));

  routes.readOwn(contract.list_workspaces, async (db, { query }, { user_id }) => {
    const found = await keysetPage({
      cursors: services.cursors,
      operation: 'list_workspaces',
      filter: { user_id },
      query,
      at: sql`m.created_at`,
      id: sql`m.workspace_id`,
      rows: (part) => workspacesOf(db, user_id, part),
      positionOf: (row) => ({ at: row.joined_at, id: row.id }),
    });
    return { ...found, data: found.data.map(({ joined_at: _, ...workspace }) => workspace) };
  });

  routes.read(contract.get_workspace, async (db, { params }, actor) => {
    const workspace = workspaceById(db, params.workspace_id);
    return { ...(await workspace), role: (await actor).role };
  });
}
