import { LRUCache } from 'lru-cache';
import { sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import type { WorkflowDefinition } from './workflow-definition.ts';

/** Names one version of a project's workflow. */
export interface DefinitionKey {
  workspace_id: string;
  project_id: string;
  workflow_version: number;
}

// A version never changes once it is written, so a process may cache it without ever invalidating it. The largest definition, once
// parsed, takes 2.3 bytes of heap per character of its JSON. What each role may do in each status comes on top.
const bytes_per_character = 4;
const remembered = new LRUCache<string, WorkflowDefinition>({ maxSize: 64 * 1024 * 1024 });

const nameOf = (key: DefinitionKey) => `${key.workspace_id} ${key.project_id} ${key.workflow_version}`;

function remember(key: DefinitionKey, definition: WorkflowDefinition): void {
  remembered.set(nameOf(key), definition, { size: JSON.stringify(definition).length * bytes_per_character });
}

interface WorkflowRow extends DefinitionKey {
  definition: WorkflowDefinition;
}

/** The most that one statement reads, in bytes of JSON. Each of a thousand projects may have half a megabyte. */
const max_read_bytes = 4 * 1024 * 1024;

/**
 * Returns the definitions of these versions in one workspace. Those that aren't cached are read in one statement, in their order,
 * until they exceed `max_read_bytes`. The first one is read whatever its size.
 */
export async function definitionsOf(
  db: Db,
  workspace_id: string,
  keys: readonly DefinitionKey[],
): Promise<(key: DefinitionKey) => WorkflowDefinition | undefined> {
  // Keyed by project and version, so that a page of fifty tickets needn't build fifty names.
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
      with recursive k as (
        select k.project_id, k.version, k.n
        from unnest(${wanted.map((key) => key.project_id)}::uuid[], ${wanted.map((key) => key.workflow_version)}::integer[])
          with ordinality as k (project_id, version, n)),
      counted as (
        select 0::bigint as n, 0::bigint as bytes, null::uuid as project_id, null::integer as version, null::jsonb as definition
        union all
        select k.n, c.bytes + octet_length(w.definition::text), k.project_id, k.version, w.definition
        from counted c
        join k on k.n = c.n + 1
        cross join lateral (
          select d.definition from workflows d
          where d.workspace_id = ${workspace_id} and d.project_id = k.project_id and d.version = k.version limit 1) w
        where c.bytes <= ${max_read_bytes}::bigint)
      select ${workspace_id} as workspace_id, project_id, version as workflow_version, definition from counted where n > 0`);
    for (const row of rows) {
      keep(row, row.definition);
      remember(row, row.definition);
    }
  }
  return (key) => found.get(key.project_id)?.get(key.workflow_version);
}

/** Returns the definition of one version. */
export async function definitionOf(db: Db, key: DefinitionKey): Promise<WorkflowDefinition> {
  const known = remembered.get(nameOf(key));
  if (known !== undefined) return known;
  const definition = (await definitionsOf(db, key.workspace_id, [key]))(key);
  if (definition === undefined) throw new Error(`There is no workflow ${nameOf(key)}.`);
  return definition;
}
