const tenant_tables = [
  'memberships',
  'invitations',
  'projects',
  'workflows',
  'project_statuses',
  'tickets',
  'ticket_labels',
  'ticket_texts',
  'comments',
  'comment_revisions',
  'status_history',
  'audit_log',
];

const reference = new RegExp(`\\b(?:from|join|update)\\s+(?:only\\s+)?(${tenant_tables.join('|')})\\b`, 'gi');
const equality = /\bworkspace_id\s*=\s*(?:\$\d+|\w+\.workspace_id)/gi;

/**
 * The tenant tables of a statement that no equality on workspace_id stands for: what would go to every shard, and past
 * the first wall. Counted, not parsed: as many equalities as tables.
 */
export function unscopedTables(text: string): string[] {
  const tables = [...text.matchAll(reference)].map((match) => match[1] ?? '');
  const equalities = [...text.matchAll(equality)].length;
  return equalities >= tables.length ? [] : tables;
}

/** Whether a statement finds memberships without a word on whether former members count: `removed_at` says so. */
export function forgetsFormerMembers(text: string): boolean {
  return /\b(?:from|join|update)\s+memberships\b/i.test(text) && !/\bremoved_at\b/.test(text);
}
