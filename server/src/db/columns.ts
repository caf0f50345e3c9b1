import { join, type Sql, sql } from './sql.ts';

/**
 * A table's columns by the fields of its rows. Each table has one such map, checked by `satisfies Columns<…>`. The
 * statements that read, insert and change its rows are built from it, so that a forgotten field is a compile error.
 */
export type Columns<Field extends string> = Readonly<Record<Field, Sql>>;

const comma = sql`, `;

/** The columns without those of some fields. */
export function without<Field extends string, Left extends Field>(
  columns: Columns<Field>,
  ...left_out: Left[]
): Columns<Exclude<Field, Left>> {
  const kept = Object.entries<Sql>(columns).filter(([field]) => !left_out.some((one) => one === field));
  return Object.fromEntries(kept) as Record<Exclude<Field, Left>, Sql>;
}

/** The columns as a select lists them, each with the name that the table has in the statement. */
export function selected(columns: Columns<string>, table: Sql): Sql {
  return join(
    Object.values(columns).map((column) => sql`${table}.${column}`),
    comma,
  );
}

/** The columns as the map has them: by their own names for one table, or with the tables' names for several. */
export function listed(columns: Columns<string>): Sql {
  return join(Object.values(columns), comma);
}

/**
 * The columns of a row that has only the known fields, and null for the others. For a union with rows that have all
 * fields.
 */
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

/** The part of an insert after the table: its columns, and their values in this row. */
export function inserted<Field extends string>(
  columns: Columns<Field>,
  row: Readonly<Record<NoInfer<Field>, unknown>>,
): Sql {
  return sql`(${listed(columns)}) values (${valuesOf(columns, row)})`;
}

/** The same for rows that a select returns: it selects `values`, and `from` follows them. */
export function insertedFrom<Field extends string>(
  columns: Columns<Field>,
  values: Readonly<Record<NoInfer<Field>, unknown>>,
  from: Sql,
): Sql {
  return sql`(${listed(columns)}) select ${valuesOf(columns, values)} ${from}`;
}

/** The assignments of an update: those of the changed fields only. */
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

/** The time of the change that is about to be written. It is later than the last change, whatever the clocks say. */
export const later = (last: Sql): Sql => sql`greatest(now(), ${last} + interval '1 microsecond')`;

/** A row that the transaction has locked, with the time of the change that it is about to write. */
export type Locked<Row> = Row & { at: string };

/**
 * Fields that only the database knows when a statement is sent: an expression for them, as a JSON object, and the one row that it
 * reads.
 */
export interface Learnt {
  fields: Sql;
  from: Sql;
}
