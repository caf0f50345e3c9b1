import { sql } from '../db/sql.ts';
import { keysetPage } from '../http/cursor.ts';
import type { Routes, Services } from '../http/handle.ts';
import { requireProject } from './access.ts';
import * as contract from './contract.ts';
import { createProject } from './create.ts';
import { definitionOf } from './definitions.ts';
import { projectsOf } from './queries.ts';
import { replaceWorkflow } from './replace-workflow.ts';
import { changeProject } from './update.ts';

export function projectRoutes(routes: Routes, { cursors, config }: Services): void {
  routes.write(contract.create_project, (tx, actor, { body }) => createProject(tx, actor, body, config));
  routes.read(contract.list_projects, (db, { workspace_id }, { query }) => {
    const archived = query.archived === 'true';
    return keysetPage({
      cursors,
      operation: 'list_projects',
      filter: { workspace_id, archived },
      query,
      at: sql`p.created_at`,
      id: sql`p.id`,
      rows: (part) => projectsOf(db, workspace_id, { archived }, part),
      positionOf: (row) => ({ at: row.created_at, id: row.id }),
    });
  });
  routes.read(contract.get_project, (db, _, { params }) => requireProject(db, params.workspace_id, params.project_id));
  routes.write(contract.update_project, (tx, actor, { params, body, if_match }) =>
    changeProject(tx, actor, params.project_id, body, if_match),
  );
  routes.write(contract.archive_project, async (tx, actor, { params, if_match }) => {
    await changeProject(tx, actor, params.project_id, { archived: true }, if_match);
  });
  routes.read(contract.get_workflow, async (db, _, { params }) => {
    const { id: project_id, workflow_version } = await requireProject(db, params.workspace_id, params.project_id);
    const definition = await definitionOf(db, { workspace_id: params.workspace_id, project_id, workflow_version });
    return { project_id, version: workflow_version, ...definition };
  });
  routes.write(contract.replace_workflow, (tx, actor, { params, body, if_match }) =>
    replaceWorkflow(tx, actor, params.project_id, body, { if_match, ...config }),
  );
}
