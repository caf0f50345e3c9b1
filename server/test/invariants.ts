import { readFileSync } from 'node:fs';
import path from 'node:path';

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
