import type pg from 'pg';

/** What the response to a write said. */
export type Told = 'acknowledged' | 'refused' | 'unknown';

/** One write, identified by its request id in the audit log. */
export interface Write {
  id: string;
  kind: 'create' | 'transition' | 'edit' | 'comment';
  told: Told;
  /** The id of the row that the response named: a ticket, a transition, or a comment. */
  made: string | undefined;
  /** For an unknown outcome: whether the outcomes of its key contain it; undefined until somebody has asked. */
  known_done?: boolean;
}

const table_of = { create: 'tickets', transition: 'status_history', comment: 'comments' } as const;

async function counts(owner: pg.Pool, statement: string): Promise<Map<string, number>> {
  const { rows } = await owner.query<{ id: string; n: number }>(statement);
  return new Map(rows.map(({ id, n }) => [id, n]));
}

/** Finds the acknowledged rows that are missing. */
async function missingRows(owner: pg.Pool, writes: readonly Write[]): Promise<string[]> {
  const missing: string[] = [];
  for (const [kind, table] of Object.entries(table_of)) {
    const { rows } = await owner.query<{ id: string }>(`select id from ${table}`);
    const there = new Set(rows.map(({ id }) => id));
    for (const write of writes) {
      if (write.kind !== kind || write.told !== 'acknowledged' || there.has(write.made ?? '')) continue;
      missing.push(`${write.id}: ${kind} acknowledged, and its row is lost`);
    }
  }
  return missing;
}

/**
 * Compares the writes with the data: counts the unknown ones that were done, and finds those that are lost, doubled or done
 * despite a refusal.
 */
export async function settle(
  owner: pg.Pool,
  writes: readonly Write[],
): Promise<{ unknown: number; unknown_settled: number; unknown_done: number; violations: string[] }> {
  // A transition with a comment leaves two entries with different actions.
  const audited = await counts(
    owner,
    `select id, max(n) as n
     from (select request_id as id, action, count(*)::integer as n from audit_log group by 1, 2) entries group by 1`,
  );
  const texts = await counts(
    owner,
    `select id, count(*)::integer as n
     from (select title as id from tickets union all select body from comments) texts group by 1`,
  );
  const violations = await missingRows(owner, writes);
  const unknown = writes.filter(({ told }) => told === 'unknown');
  for (const { id, kind, told, known_done } of writes) {
    const times = audited.get(id) ?? 0;
    if (known_done !== undefined && known_done !== times > 0) {
      violations.push(`${id}: ${kind} done ${times} times, and its key says ${known_done ? 'done' : 'not done'}`);
    }
    if (told === 'acknowledged' && times === 0) violations.push(`${id}: ${kind} acknowledged, and lost`);
    if (told === 'refused' && times > 0) violations.push(`${id}: ${kind} refused, and done`);
    if (Math.max(times, texts.get(id) ?? 0) > 1) violations.push(`${id}: ${kind} done ${times} times`);
  }
  return {
    unknown: unknown.length,
    unknown_settled: unknown.filter(({ known_done }) => known_done !== undefined).length,
    unknown_done: unknown.filter(({ id }) => audited.has(id)).length,
    violations,
  };
}
