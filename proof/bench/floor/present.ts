import { pool, type Row } from './database.ts';

interface Definition {
  statuses: { key: string; category: string }[];
  transitions: { from: string; to: string }[];
}
const categories = new Map<string, Map<string, string>>();
/** The statuses that each status can move to, by project. */
export const steps = new Map<string, Map<string, string[]>>();

/** Reads every project's workflow once. */
export async function readWorkflows(): Promise<void> {
  const { rows } = await pool.query<{ project_id: string; definition: Definition }>(
    'select p.id as project_id, w.definition from projects p join workflows w on w.workspace_id = p.workspace_id and w.project_id = p.id and w.version = p.workflow_version',
  );
  for (const { project_id, definition } of rows) {
    categories.set(project_id, new Map(definition.statuses.map(({ key, category }) => [key, category])));
    const from = new Map<string, string[]>();
    for (const step of definition.transitions) from.set(step.from, [...(from.get(step.from) ?? []), step.to]);
    steps.set(project_id, from);
  }
}

/** A ticket as Baton returns it; in a list, with an excerpt instead of the description. */
export function present(t: Row): Record<string, unknown> {
  const start = t['start'] as string | undefined;
  return {
    id: t.id,
    key: t['key'],
    project_id: t.project_id,
    number: t['number'],
    title: t['title'],
    ...(start === undefined ? { description: t['description'] } : { excerpt: start.slice(0, 200) }),
    status: t.status,
    status_category: categories.get(t.project_id)?.get(t.status),
    resolution: t['resolution'],
    priority: t['priority'],
    labels: t['labels'],
    assignee_id: t['assignee_id'],
    reporter_id: t['reporter_id'],
    due_on: t['due_on'],
    version: t.version,
    created_at: t['created_at'],
    updated_at: t['updated_at'],
    last_activity_at: t['last_activity_at'],
    deleted_at: t['deleted_at'],
    allowed_transitions: steps.get(t.project_id)?.get(t.status) ?? [],
  };
}
