const equality = /\bworkspace_id\s*=\s*(?:\$\d+|\w+\.workspace_id)/gi;

const references = new Map<readonly string[], RegExp>();

/** Where a statement names one of the tables. */
function referenceTo(tables: readonly string[]): RegExp {
  const known = references.get(tables);
  if (known !== undefined) return known;
  const reference = new RegExp(`\\b(?:from|join|update)\\s+(?:only\\s+)?(${tables.join('|')})\\b`, 'gi');
  references.set(tables, reference);
  return reference;
}

/**
 * The workspaces' tables of a statement that no equality on workspace_id stands for: what would go to every shard, and past
 * the first wall. Counted, not parsed: as many equalities as tables.
 */
export function unscopedTables(text: string, of_workspaces: readonly string[]): string[] {
  const tables = [...text.matchAll(referenceTo(of_workspaces))].map((match) => match[1] ?? '');
  const equalities = [...text.matchAll(equality)].length;
  return equalities >= tables.length ? [] : tables;
}

/** Whether a statement finds memberships without a word on whether former members count: `removed_at` says so. */
export function forgetsFormerMembers(text: string): boolean {
  return /\b(?:from|join|update)\s+memberships\b/i.test(text) && !/\bremoved_at\b/.test(text);
}
