/** One version's changes: each field as it was before, and after. */
export interface Change {
  version: number;
  changes: Record<string, readonly [from: unknown, to: unknown]>;
}

export interface Conflict {
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export type MergeResult =
  | { ok: true; changes: Record<string, [from: unknown, to: unknown]> }
  | { ok: false; conflicts: Record<string, Conflict> };

/** Values of JSON: scalars, and lists of them. */
function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => item === b[index]);
  }
  return a === b;
}

const isList = (value: unknown): value is string[] => Array.isArray(value);

/** A set with what an edit added to its base and without what it took out: sets never conflict. */
function mergeSets(base: string[], mine: string[], theirs: string[]): string[] {
  const removed = new Set(base).difference(new Set(mine));
  return [...new Set(theirs).difference(removed).union(new Set(mine).difference(new Set(base)))].sort();
}

/** What to put into a set, and what to take out. */
export interface SetChange {
  add?: string[] | undefined;
  remove?: string[] | undefined;
}

/** A set with some put in and some taken out. */
export function changeSet(set: string[], { add = [], remove = [] }: SetChange): string[] {
  return [...new Set(set).difference(new Set(remove)).union(new Set(add))].sort();
}

/** The fields as they were before the changes, given as they are now. Changes are in order, oldest first. */
export function valuesAt<Row extends object>(current: Row, changes_since: readonly Change[]): Row {
  const then = { ...current } as Record<string, unknown>;
  for (const { changes } of changes_since.toReversed()) {
    for (const [field, [from]] of Object.entries(changes)) then[field] = from;
  }
  return then as Row;
}

/**
 * Applies an edit made on an older version: a field that nobody changed since takes the edit's value, and one that
 * somebody changed to something else is a conflict. All or nothing. An edit to what the field already is changes
 * nothing and conflicts with nothing. Lists are sets, which are merged.
 */
export function mergeEdit(input: {
  current: object;
  changes_since: readonly Change[];
  edit: Partial<Record<string, unknown>>;
}): MergeResult {
  const { changes_since, edit } = input;
  const current = { ...input.current } as Record<string, unknown>;
  const base = valuesAt(current, changes_since);
  const touched = new Set(changes_since.flatMap(({ changes }) => Object.keys(changes)));
  const changes: Record<string, [unknown, unknown]> = {};
  const conflicts: Record<string, Conflict> = {};
  for (const [field, mine] of Object.entries(edit)) {
    const theirs = current[field];
    if (mine === undefined || equal(mine, theirs)) continue;
    const was = base[field];
    if (!touched.has(field)) {
      changes[field] = [theirs, mine];
    } else if (isList(was) && isList(mine) && isList(theirs)) {
      const merged = mergeSets(was, mine, theirs);
      if (!equal(merged, theirs)) changes[field] = [theirs, merged];
    } else {
      conflicts[field] = { base: was, mine, theirs };
    }
  }
  return Object.keys(conflicts).length > 0 ? { ok: false, conflicts } : { ok: true, changes };
}
