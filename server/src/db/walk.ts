import { max_page_bytes } from '../lib/bounds.ts';
import { and, join, type Sql, sql, unprepared } from './sql.ts';
import type { Db } from './transaction.ts';

/** A place in a list: what the list is ordered by, usually a time to the microsecond, and the row's id. */
export interface Position {
  at: string;
  id: string;
}

/** The places between which a list is read, without these two. */
export interface Span {
  after: Position;
  before: Position;
}

export const first_id = '00000000-0000-0000-0000-000000000000';
export const last_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** The span of all texts in the order of their bytes. They are ranks, which have only letters and digits. */
export const all_texts: Span = { after: { at: '', id: first_id }, before: { at: '~', id: last_id } };
export const everything: Span = { after: { at: '-infinity', id: first_id }, before: { at: 'infinity', id: last_id } };

/**
 * The most rows that one page looks at. The page is what the filters leave of them, however few, and the next page
 * continues where it stopped. So a list costs no more than this, whatever its filters, its data and the planner's
 * statistics.
 */
export const max_walked = 2000;

/** How a walk ends. These are texts, not parameters, because plans depend on them. */
export interface Ends {
  /** At most the rows that one page may look at. */
  walked: Sql;
  /** The last of those rows; none if there are fewer. */
  stop: Sql;
  /** All rows, if there were fewer than that a moment ago. */
  few: Sql;
}

export const ends: Ends = { walked: sql`limit 2000`, stop: sql`offset 1999 limit 1`, few: sql`limit 4000` };

/** The types of what a list is ordered by before the id. */
export const at_types = { time: sql`timestamptz`, day: sql`date`, text: sql`text` };
export type AtType = keyof typeof at_types;

/** An index that is read in its own order: `workspace_id`, `keys` of fixed values, `at` and `id`. */
export interface IndexWalk {
  from: Sql;
  /** The workspace, and a partial index's condition. */
  where: Sql;
  keys: readonly { column: Sql; value: Sql }[];
  at: Sql;
  /** By default a time. */
  at_type?: AtType;
  id: Sql;
}

const comma = sql`, `;

/**
 * Reads the index from one end of the span towards the other. The keys are in the comparison and in the order, instead
 * of equalities. So this index alone has the order, and with sorts disabled the planner can choose no other, whatever
 * it assumes about the values. One text has one plan, which can be prepared for all values.
 */
export function walk(index: IndexWalk, options: { span: Span; descending: boolean; columns: Sql; end: Sql }): Sql {
  const { from, where, keys, at, id } = index;
  const { span, descending, columns, end } = options;
  const direction = descending ? sql` desc` : sql` asc`;
  const type = at_types[index.at_type ?? 'time'];
  const of = ({ at: place, id: row }: Position) =>
    join([...keys.map(({ value }) => value), sql`${place}::${type}`, sql`${row}::uuid`], comma);
  const names = [...keys.map(({ column }) => column), at, id];
  return sql`
    select ${columns} from ${from}
    where ${where} and (${join(names, comma)}) > (${of(span.after)}) and (${join(names, comma)}) < (${of(span.before)})
    order by ${join(
      names.map((name) => sql`${name}${direction}`),
      comma,
    )} ${end}`;
}

/** A row that was found, or the place where the walk stopped. */
export type Found<Row> = Row & { stopped: boolean };

/** Where the rows of a list come from, at most `max_walked` of them. */
export interface Source {
  /**
   * Rows with `at`, `id` and what the list shows. Unless `complete`, they are in the order of `k1` … for the keys, `at`
   * and `place`. Those are the index's own columns, so the planner knows the order.
   */
  rows: Sql;
  /** The place of the last row that the page may look at; no row if the list ends before. */
  stop: Sql;
  keys: number;
  /** The rows are all that exist, in no particular order. */
  complete: boolean;
}

const key_names = [sql`k1`, sql`k2`];

function keyColumns(index: IndexWalk): Sql[] {
  return index.keys.map(({ column }, n) => sql`${column} as ${key_names[n] ?? sql`k`}`);
}

/** The rows in the index's order. */
export function inOrder(
  index: IndexWalk,
  options: { span: Span; descending: boolean; columns: Sql; until?: Ends },
): Source {
  const { until = ends } = options;
  const stop = sql`${index.at} as at, ${index.id} as id`;
  const columns = join([...keyColumns(index), sql`${index.at} as at, ${index.id} as place`, options.columns], comma);
  return {
    rows: walk(index, { ...options, columns, end: until.walked }),
    stop: walk(index, { ...options, columns: stop, end: until.stop }),
    keys: index.keys.length,
    complete: false,
  };
}

const union = sql` union all `;

/**
 * The numbers of values that a filter may have in a statement. The number is in the statement's text, and a connection
 * keeps few texts.
 */
const widths = [1, 3, 10];
/** Statements with more walks than this are rare and large, so no connection keeps them. */
const max_prepared_walks = 3;

/** Pads the values with one that no row has, so that the statement has one of few texts. */
export function widened<Value>(values: readonly Value[], nobodys: Value): Value[] {
  const width = widths.find((one) => one >= values.length) ?? values.length;
  return [...values, ...Array<Value>(width - values.length).fill(nobodys)];
}

const prepared = (indexes: readonly IndexWalk[], { rows, stop }: Pick<Source, 'rows' | 'stop'>) =>
  indexes.length <= max_prepared_walks ? { rows, stop } : { rows: unprepared(rows), stop: unprepared(stop) };

/**
 * The rows of one index that have one of several keys, in the order of `at` and id. There is a walk for each key, and
 * the walks are merged as they are read. Outside its walk each key is required to equal its value, so the planner knows
 * that the walk's rows are in the order of the remaining columns. Inside the walk, an equality would let it choose
 * another index. `distinct`: a row may have several of the keys; of its entries, which all have the same place, only
 * the first is used. `besides`: rows of another table, whatever their keys, for the list's filter to choose from.
 */
export function merged(
  indexes: readonly IndexWalk[],
  options: { span: Span; descending: boolean; columns: Sql; distinct: boolean; besides?: IndexWalk; until?: Ends },
): Source {
  const [only] = indexes;
  const { span, descending, distinct, besides, until = ends } = options;
  if (only !== undefined && indexes.length === 1 && besides === undefined) return inOrder(only, options);
  const direction = descending ? sql`desc` : sql`asc`;
  const in_order = sql`order by m.at ${direction}, m.place ${direction}`;
  const keyed = (index: IndexWalk, more: Sql) => {
    const columns = join([...keyColumns(index), sql`${index.at} as at, ${index.id} as place ${more}`], comma);
    const names = key_names.slice(0, index.keys.length);
    const equal = index.keys.map(({ value }, n) => sql`w.${names[n] ?? sql`k`} = ${value}`);
    // The keys are in the order, too: the planner forgets how a column is ordered if only the condition uses it.
    const order = [...names, sql`at`, sql`place`].map((name) => sql`w.${name} ${direction}`);
    return sql`(select w.* from (${walk(index, { span, descending, columns, end: until.walked })}) w
      where ${and([sql`true`, ...equal])} order by ${join(order, comma)})`;
  };
  const unkeyed = (index: IndexWalk, more: Sql) => {
    const columns = join(
      [...(only === undefined ? [] : keyColumns(only)), sql`${index.at} as at, ${index.id} as place ${more}`],
      comma,
    );
    return sql`(${walk(index, { span, descending, columns, end: until.walked })})`;
  };
  const walks = (more: Sql) => [
    ...indexes.map((index) => keyed(index, more)),
    ...(besides === undefined ? [] : [unkeyed(besides, more)]),
  ];
  const rows = sql`select * from (${join(walks(sql`, ${options.columns}`), union)}) m ${in_order} ${until.walked}`;
  return {
    ...prepared(indexes, {
      rows: distinct ? sql`select distinct on (m.at, m.place) m.* from (${rows}) m ${in_order}` : rows,
      stop: sql`select m.at, m.place as id from (${join(walks(sql``), union)}) m ${in_order} ${until.stop}`,
    }),
    keys: 0,
    complete: false,
  };
}

/** All the rows of the indexes with these keys, for a list in another order: usable only if they are few. */
export function allOf(
  indexes: readonly IndexWalk[],
  options: { span?: Span; columns: Sql; distinct?: boolean; until?: Ends },
): Source {
  const { columns, span = everything, distinct = false, until = ends } = options;
  const one = { span, descending: false };
  const few = indexes.map((index) => walk(index, { ...one, columns, end: until.few }));
  const at = (index: IndexWalk) => sql`${index.at} as at, ${index.id} as id`;
  const source = { keys: 0, complete: true };
  if (indexes.length === 1) {
    return {
      ...source,
      rows: join(few, union),
      stop: join(
        indexes.map((index) => walk(index, { ...one, columns: at(index), end: until.stop })),
        union,
      ),
    };
  }
  const all = join(
    few.map((rows) => sql`(${rows})`),
    union,
  );
  const places = indexes.map((index) => sql`(${walk(index, { ...one, columns: at(index), end: until.walked })})`);
  return {
    ...source,
    ...prepared(indexes, {
      rows: distinct ? sql`select distinct on (u.id) u.* from (${all}) u order by u.id` : all,
      stop: sql`select u.at, u.id from (${join(places, union)}) u ${until.stop}`,
    }),
  };
}

/** A column that a list shows. */
export interface Column {
  name: Sql;
  value: Sql;
}

/** The columns as a select lists them. For columns that never change, this is called once. */
export function named(columns: readonly Column[]): Sql {
  return join(
    columns.map(({ name, value }) => sql`${value} as ${name}`),
    comma,
  );
}

const blanks: Sql[] = [];

/** So many nulls. */
const blank = (count: number): Sql =>
  (blanks[count] ??= join(
    Array.from({ length: count }, () => sql`null`),
    comma,
  ));

/**
 * One page of a source's rows: at most `limit` of them, each as `c`, joined and filtered. If the filters leave fewer
 * and the walk stopped, a further row, `stopped`, says where. Rows are read one by one until there are enough, since no
 * step between the index and the limit needs all of them. The place where the walk stopped is looked up only if there
 * were too few.
 */
export function pageOf(
  source: Source,
  options: {
    /** The columns as a select lists them, and how many they are. */
    columns: Sql;
    width: number;
    joins: Sql;
    filter: Sql;
    span: Span;
    at_type?: AtType;
    descending: boolean;
    limit: number;
  },
): Sql {
  const { columns, width, joins, filter, span, at_type = 'time', descending, limit } = options;
  const type = at_types[at_type];
  const direction = descending ? sql` desc` : sql` asc`;
  const order = join(
    [
      ...key_names.slice(0, source.keys).map((name) => sql`c.${name}${direction}`),
      sql`c.at${direction}`,
      sql`${source.complete ? sql`c.id` : sql`c.place`}${direction}`,
    ],
    comma,
  );
  const rows = sql`
    select false as stopped, c.at, c.id, ${columns} from (${source.rows}) c ${joins} where ${filter}`;
  if (source.complete) {
    const { after, before } = span;
    return sql`${rows} and (c.at, c.id) > (${after.at}::${type}, ${after.id}::uuid)
      and (c.at, c.id) < (${before.at}::${type}, ${before.id}::uuid) order by ${order} limit ${limit}`;
  }
  return sql`
    select * from (
      (${rows} order by ${order} limit ${limit})
      union all
      (select true, s.at, s.id, ${blank(width)} from (${source.stop}) s)
    ) page limit ${limit}`;
}

/** The part of a page's rows that may be long. */
interface Long {
  /** The columns that are null in rows that don't fit. */
  columns: readonly Sql[];
  /** The bytes of JSON that a row `q` becomes. */
  json_bytes: Sql;
}

/** Declares a column as long text. */
export function longText(column: Sql): Long {
  return {
    columns: [column],
    json_bytes: sql`coalesce(octet_length(to_json(q.${column})::text), 0) + 512`,
  };
}

/**
 * The rows of a page in their order. `fits` says whether a row still fits into the response, and only then are its long
 * columns read. Bytes are counted row by row, and not beyond the first row that is too much. So of a hundred texts of a
 * megabyte only two are ever read, however well they are compressed.
 */
export function withinBudget(page: Sql, columns: readonly Sql[], long: Long): Sql {
  // Compared by their text, since two templates with the same text are two shapes.
  const text = ({ shape }: Sql) => shape.strings.join('');
  const long_names = new Set(long.columns.map(text));
  const shown = columns.map((column) =>
    long_names.has(text(column)) ? sql`case when q.n <= f.last then q.${column} end as ${column}` : sql`q.${column}`,
  );
  return sql`
    with recursive q as materialized (select q.*, row_number() over () as n from (${page}) q),
    counted as (
      select q.n, (${long.json_bytes})::bigint as bytes from q where q.n = 1
      union all
      select q.n, s.bytes + ${long.json_bytes} from counted s join q on q.n = s.n + 1
      where s.bytes <= ${max_page_bytes}::bigint
    )
    select ${join(shown, comma)}, q.n <= f.last as fits
    from q cross join (
      select max(n) as last from counted where n = 1 or bytes <= ${max_page_bytes}::bigint) f
    order by q.n`;
}

/**
 * Chooses the best source of a list. A source that ends without stopping has the whole rest of the list. Of the others,
 * the one that gets furthest has the fewest rows to skip.
 */
export async function bestOf(db: Db, sources: readonly Source[], descending: boolean): Promise<Source> {
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  const stops = await Promise.all(sources.map(({ stop }) => db.maybeOne<Position>(stop)));
  const ends_here = sources.find((_, index) => stops[index] === undefined);
  if (ends_here !== undefined) return ends_here;
  const places = stops.map((stop) => `${stop?.at} ${stop?.id}`);
  const in_order = sources
    .map((source, index) => ({ source, place: places[index] ?? '' }))
    .filter(({ source }) => !source.complete)
    .sort((a, b) => (a.place < b.place ? -1 : 1) * (descending ? 1 : -1));
  const [furthest] = in_order;
  if (furthest === undefined) throw new Error('A list has no source in its own order.');
  return furthest.source;
}
