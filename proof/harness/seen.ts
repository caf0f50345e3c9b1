import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Names the folder in which `npm test` collects what its tests saw. */
export const seen_variable = 'BATON_TEST_SEEN';

/**
 * What is collected: the errors that operations returned, as `operation code`; the quotas that were exceeded, as `quota name`;
 * the statements that the server sent; and the writes whose response was compared with a later read.
 */
type Kind = 'errors' | 'statements' | 'read back';

const seen: Record<Kind, Set<string>> = { errors: new Set(), statements: new Set(), 'read back': new Set() };

/** Records something that was seen, once per process. */
export function note(kind: Kind, what: string): void {
  const dir = process.env[seen_variable];
  if (dir === undefined || seen[kind].has(what)) return;
  seen[kind].add(what);
  appendFileSync(path.join(dir, kind), `${JSON.stringify(what)}\n`);
}

/** Everything that was recorded, by every process. */
export function allSeen(kind: Kind, dir: string): Set<string> {
  const file = path.join(dir, kind);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  return new Set(lines.map((line) => JSON.parse(line) as string));
}
