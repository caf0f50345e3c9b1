const equality = /\bworkspace_id\s*=\s*(?:\$\d+|\w+\.workspace_id)/gi;

const references = new Map<readonly string[], RegExp>();

/** A pattern that finds where a statement names one of the tables. */
function referenceTo(tables: readonly string[]): RegExp {
  const known = references.get(tables);
  if (known !== undefined) return known;
  const reference = new RegExp(`\\b(?:from|join|update)\\s+(?:only\\s+)?(${tables.join('|')})\\b`, 'gi');
  references.set(tables, reference);
  return reference;
}

/**
 * Returns the workspaces' tables of a statement that has too few equalities on workspace_id. Such a statement would go to every
 * shard and skip the first protection of tenants. It counts and does not parse: there must be as many equalities as tables.
 */
export function unscopedTables(text: string, of_workspaces: readonly string[]): string[] {
  const tables = [...text.matchAll(referenceTo(of_workspaces))].map((match) => match[1] ?? '');
  const equalities = [...text.matchAll(equality)].length;
  return equalities >= tables.length ? [] : tables;
}

/** Whether a statement reads memberships without saying, by `removed_at`, whether former members count. */
export function forgetsFormerMembers(text: string): boolean {
  return /\b(?:from|join|update)\s+memberships\b/i.test(text) && !/\bremoved_at\b/.test(text);
}
