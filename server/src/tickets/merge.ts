/** The changes of one version: each field with its values before and after. */
export interface Change {
  version: number;
  changes: Record<string, readonly [from: unknown, to: unknown]>;
}

export interface Conflict {
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

/** The fields of a row that an edit changes. */
export type Changes<Row> = { [Field in keyof Row]?: [from: Row[Field], to: Row[Field]] };

export type MergeResult<Row> = { ok: true; changes: Changes<Row> } | { ok: false; conflicts: Record<string, Conflict> };

/** An edit that may name only fields of the row: the type of any other field is `never`. */
type EditOf<Row, Edit> = { [Field in keyof Edit]: Field extends keyof Row ? Row[Field] | undefined : never };

/** Compares values of JSON: scalars, and lists of them. */
function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => item === b[index]);
  }
  return a === b;
}

const isList = (value: unknown): value is string[] => Array.isArray(value);

/** Applies to `theirs` what an edit added to its base and removed from it. Sets never conflict. */
function mergeSets(base: string[], mine: string[], theirs: string[]): string[] {
  const removed = new Set(base).difference(new Set(mine));
  return [...new Set(theirs).difference(removed).union(new Set(mine).difference(new Set(base)))].sort();
}

/** The elements to add to a set, and those to remove from it. */
export interface SetChange {
  add?: string[] | undefined;
  remove?: string[] | undefined;
}

/** Returns a set with some elements added and some removed. */
export function changeSet(set: string[], { add = [], remove = [] }: SetChange): string[] {
  return [...new Set(set).difference(new Set(remove)).union(new Set(add))].sort();
}

/** Returns the values before the changes, from the current ones. The changes are in order, oldest first. */
export function valuesAt<Row extends object>(current: Row, changes_since: readonly Change[]): Row {
  const then = { ...current } as Record<string, unknown>;
  for (const { changes } of changes_since.toReversed()) {
    for (const [field, [from]] of Object.entries(changes)) then[field] = from;
  }
  return then as Row;
}

/**
 * Applies an edit based on an older version, as a whole or not at all. A field that nobody has changed since gets the edit's
 * value, and a field that somebody has changed to another value is a conflict. An edit to the current value changes nothing and
 * is never a conflict. Lists are sets, which are merged.
 */
export function mergeEdit<Row extends object, Edit extends EditOf<Row, Edit>>(input: {
  current: Row;
  changes_since: readonly Change[];
  edit: Edit;
}): MergeResult<Row> {
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
  if (Object.keys(conflicts).length > 0) return { ok: false, conflicts };
  return { ok: true, changes: changes as Changes<Row> };
}
