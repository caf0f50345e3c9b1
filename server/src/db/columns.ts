import { join, type Sql, sql } from './sql.ts';

/**
 * A table's columns, by the fields of its rows. Each table has one such map, checked by `satisfies Columns<…>`, and what
 * reads, inserts and changes its rows is built from it: a field that is forgotten is an error of the compiler.
 */
export type Columns<Field extends string> = Readonly<Record<Field, Sql>>;

const comma = sql`, `;

/** The columns without some. */
export function without<Field extends string, Left extends Field>(
  columns: Columns<Field>,
  ...left_out: Left[]
): Columns<Exclude<Field, Left>> {
  const kept = Object.entries<Sql>(columns).filter(([field]) => !left_out.some((one) => one === field));
  return Object.fromEntries(kept) as Record<Exclude<Field, Left>, Sql>;
}

/** The columns as a select lists them, of the table that has this name in the statement. */
export function selected(columns: Columns<string>, table: Sql): Sql {
  return join(
    Object.values(columns).map((column) => sql`${table}.${column}`),
    comma,
  );
}

/** The columns as the map has them: those of one table by their names, or those of several with the tables'. */
export function listed(columns: Columns<string>): Sql {
  return join(Object.values(columns), comma);
}

/** The columns of a row that has only these, and null for each other one: in a union, behind rows that have all. */
export function blank<Field extends string>(columns: Columns<Field>, known: Partial<Record<NoInfer<Field>, Sql>>): Sql {
  const fields = Object.keys(columns) as Field[];
  return join(
    fields.map((field) => sql`${known[field] ?? sql`null`}`),
    comma,
  );
}

/** These fields of a row. */
export function picked<Field extends string, Row extends Record<Field, unknown>>(
  fields: readonly Field[],
  row: Row,
): Pick<Row, Field> {
  return Object.fromEntries(fields.map((field) => [field, row[field]])) as Pick<Row, Field>;
}

/** The values that a row has for these columns, in their order. */
function valuesOf<Field extends string>(columns: Columns<Field>, row: Readonly<Record<NoInfer<Field>, unknown>>): Sql {
  const fields = Object.keys(columns) as Field[];
  return join(
    fields.map((field) => sql`${row[field]}`),
    comma,
  );
}

/** What an insert says behind the table: its columns, and their values in this row. */
export function inserted<Field extends string>(
  columns: Columns<Field>,
  row: Readonly<Record<NoInfer<Field>, unknown>>,
): Sql {
  return sql`(${listed(columns)}) values (${valuesOf(columns, row)})`;
}

/** The same for rows that a select gives: the values are what it selects, and behind them comes its `from`. */
export function insertedFrom<Field extends string>(
  columns: Columns<Field>,
  values: Readonly<Record<NoInfer<Field>, unknown>>,
  from: Sql,
): Sql {
  return sql`(${listed(columns)}) select ${valuesOf(columns, values)} ${from}`;
}

/** What an update sets: the columns of these fields, and no other. */
export function assigned<Field extends string>(
  columns: Columns<Field>,
  changes: Partial<Record<NoInfer<Field>, unknown>>,
): Sql {
  const fields = Object.keys(changes) as Field[];
  return join(
    fields.map((field) => sql`${columns[field]} = ${changes[field]}`),
    comma,
  );
}

/** The time of the change that is about to be written: later than the last one's, whatever the clocks say. */
export const later = (last: Sql): Sql => sql`greatest(now(), ${last} + interval '1 microsecond')`;

/** A row that the transaction has locked, with the time of the change that it is about to write. */
export type Locked<Row> = Row & { at: string };
