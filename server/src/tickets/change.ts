/** Of the fields named, those that differ: as they were, and as they are. */
export function changed<Row extends object>(
  before: Row,
  after: Row,
  fields: readonly (keyof Row & string)[],
): { before: Record<string, unknown>; after: Record<string, unknown> } {
  const differing = fields.filter((field) => before[field] !== after[field]);
  const pick = (row: Row) => Object.fromEntries(differing.map((field) => [field, row[field]]));
  return { before: pick(before), after: pick(after) };
}
