import { sql } from '../db/sql.ts';
import { byId, byTime } from '../http/cursor.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import { requireProject } from './access.ts';
import * as contract from './contract.ts';
import { createProject } from './create.ts';
import { definitionOf } from './definitions.ts';
import { projectsOf } from './queries.ts';
import { replaceWorkflow } from './replace-workflow.ts';
import { archiveProject, changeProject } from './update.ts';

export function projectRoutes(serve: Serve, { config }: Services): void {
  serve(contract.create_project, (context) => createProject(context, config));
  serve.list(contract.list_projects, ({ db, workspace_id, query }) => {
    const archived = query.archived === 'true';
    return {
      filter: { workspace_id, archived },
      order: { created_at: byTime(sql`p.created_at`), id: byId(sql`p.id`) },
      rows: (part) => projectsOf(db, workspace_id, { archived }, part),
    };
  });
  serve(contract.get_project, ({ db, params }) => requireProject(db, params.workspace_id, params.project_id));
  serve(contract.update_project, changeProject);
  serve(contract.archive_project, archiveProject);
  serve(contract.get_workflow, async ({ db, params }) => {
    const { id: project_id, workflow_version } = await requireProject(db, params.workspace_id, params.project_id);
    const definition = await definitionOf(db, { workspace_id: params.workspace_id, project_id, workflow_version });
    return { project_id, version: workflow_version, ...definition };
  });
  serve(contract.replace_workflow, (context) => replaceWorkflow(context, config));
}
