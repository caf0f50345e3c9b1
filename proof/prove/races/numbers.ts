import type pg from 'pg';

/** A committed change, with its number once it has one. */
export interface Row {
  id: string;
  sequence: number | null;
  subject_id: string;
  subject_version: number;
}

/** All committed changes of a workspace, ordered by their numbers. */
export async function entriesOf(owner: pg.Pool, workspace_id: string): Promise<Row[]> {
  const { rows } = await owner.query<Row>(
    `select id, sequence::int, subject_id, subject_version from audit_log where workspace_id = $1
     order by sequence, created_at, id`,
    [workspace_id],
  );
  return rows;
}

/** Checks the numbers of committed changes; `committed` has the count of versions of each subject. Returns what is wrong. */
export function faultsOf(rows: readonly Row[], committed: ReadonlyMap<string, number>): string[] {
  const found: string[] = [];
  const without = rows.filter(({ sequence }) => sequence === null).length;
  if (without > 0) found.push(`${without} committed changes have no number`);
  const numbered = rows.filter(({ sequence }) => sequence !== null);
  const gap = numbered.findIndex(({ sequence }, n) => sequence !== n + 1);
  if (gap >= 0) found.push(`number ${numbered[gap]?.sequence} stands where ${gap + 1} should`);
  for (const [subject_id, versions] of committed) {
    const seen = numbered.filter((row) => row.subject_id === subject_id).map((row) => row.subject_version);
    const wrong = Array.from({ length: versions }, (_, n) => n + 1).findIndex((version, n) => seen[n] !== version);
    if (wrong >= 0 || seen.length !== versions) {
      found.push(
        `of ${versions} versions ${seen.length} have numbers, and version ${seen[wrong] ?? 'none'} comes as number ${wrong + 1}`,
      );
    }
  }
  return found;
}
