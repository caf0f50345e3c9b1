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

/** What an edit changes of a row's fields. */
export type Changes<Row> = { [Field in keyof Row]?: [from: Row[Field], to: Row[Field]] };

export type MergeResult<Row> = { ok: true; changes: Changes<Row> } | { ok: false; conflicts: Record<string, Conflict> };

/** An edit of fields that a row has: of any other, its value would have to be what can't be. */
type EditOf<Row, Edit> = { [Field in keyof Edit]: Field extends keyof Row ? Row[Field] | undefined : never };

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
 * Applies an edit based on an older version: a field that nobody changed since takes the edit's value, and one that
 * somebody changed to something else is a conflict. All or nothing. An edit to what the field already is changes
 * nothing and conflicts with nothing. Lists are sets, which are merged.
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
