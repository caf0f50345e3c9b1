import { readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';

const file = path.resolve(import.meta.dirname, '../sql/invariants.sql');

/** Each invariant of invariants.sql by its name. */
export function invariants(): { name: string; statement: string }[] {
  return readFileSync(file, 'utf8')
    .split(/^-- name: /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { name: part.slice(0, end).trim(), statement: part.slice(end + 1) };
    });
}

/** What the invariants find wrong in a database, some rows of each; nothing when all hold. */
export async function brokenInvariants(owner: pg.Pool | pg.Client): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const { name, statement } of invariants()) {
    const { rows } = await owner.query(statement);
    if (rows.length > 0) found[name] = rows.slice(0, 5);
  }
  return found;
}
