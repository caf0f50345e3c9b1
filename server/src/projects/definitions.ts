import { LRUCache } from 'lru-cache';
import { sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import type { WorkflowDefinition } from './workflow-definition.ts';

/** Which version of which project's workflow. */
export interface DefinitionKey {
  workspace_id: string;
  project_id: string;
  workflow_version: number;
}

// A version never changes once written, so a process may remember it: nothing ever needs invalidating. Parsed, the largest
// takes 2.3 bytes of the heap for each character of its JSON; what each role may do in each status comes on top.
const bytes_per_character = 4;
const remembered = new LRUCache<string, WorkflowDefinition>({ maxSize: 64 * 1024 * 1024 });

const nameOf = (key: DefinitionKey) => `${key.workspace_id} ${key.project_id} ${key.workflow_version}`;

function remember(key: DefinitionKey, definition: WorkflowDefinition): void {
  remembered.set(nameOf(key), definition, { size: JSON.stringify(definition).length * bytes_per_character });
}

interface WorkflowRow extends DefinitionKey {
  definition: WorkflowDefinition;
}

/** The definitions of these versions in one workspace: from memory, and the rest in one statement. */
export async function definitionsOf(
  db: Db,
  workspace_id: string,
  keys: readonly DefinitionKey[],
): Promise<(key: DefinitionKey) => WorkflowDefinition> {
  // By project and version, not by a name: a page of fifty makes no fifty names.
  const found = new Map<string, Map<number, WorkflowDefinition>>();
  const keep = ({ project_id, workflow_version }: DefinitionKey, definition: WorkflowDefinition) => {
    const versions = found.get(project_id) ?? new Map<number, WorkflowDefinition>();
    found.set(project_id, versions.set(workflow_version, definition));
  };
  const missing = new Map<string, DefinitionKey>();
  for (const key of keys) {
    if (found.get(key.project_id)?.has(key.workflow_version) === true) continue;
    const known = remembered.get(nameOf(key));
    if (known === undefined) missing.set(nameOf(key), key);
    else keep(key, known);
  }
  if (missing.size > 0) {
    const wanted = [...missing.values()];
    const rows = await db.rows<WorkflowRow>(sql`
      select w.workspace_id, w.project_id, w.version as workflow_version, w.definition
      from workflows w
      join unnest(${wanted.map((key) => key.project_id)}::uuid[], ${wanted.map((key) => key.workflow_version)}::integer[])
        as k (project_id, version) on k.project_id = w.project_id and k.version = w.version
      where w.workspace_id = ${workspace_id}`);
    for (const row of rows) {
      keep(row, row.definition);
      remember(row, row.definition);
    }
  }
  return (key) => {
    const definition = found.get(key.project_id)?.get(key.workflow_version);
    if (definition === undefined) throw new Error(`There is no workflow ${nameOf(key)}.`);
    return definition;
  };
}

/** The definition of one version. */
export async function definitionOf(db: Db, key: DefinitionKey): Promise<WorkflowDefinition> {
  const known = remembered.get(nameOf(key));
  if (known !== undefined) return known;
  const definitionFor = await definitionsOf(db, key.workspace_id, [key]);
  return definitionFor(key);
}
