import { max_page_bytes } from '../lib/bounds.ts';
import { and, join, type Sql, sql, unprepared } from './sql.ts';
import type { Db } from './transaction.ts';

/** A place in a list: a row's time, to the microsecond, or what else the list is ordered by, and its id. */
export interface Position {
  at: string;
  id: string;
}

/** The places between which a list is read, both left out. */
export interface Span {
  after: Position;
  before: Position;
}

export const first_id = '00000000-0000-0000-0000-000000000000';
export const last_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** The same of texts in the order of their bytes: ranks, which have letters and digits alone. */
export const all_texts: Span = { after: { at: '', id: first_id }, before: { at: '~', id: last_id } };
export const everything: Span = { after: { at: '-infinity', id: first_id }, before: { at: 'infinity', id: last_id } };

/**
 * The most rows that one page looks at. What the filters leave of them is the page, however few, and the next page goes
 * on where it stopped. A list costs no more than this, whatever its filters, its data and the planner's statistics.
 */
export const max_walked = 2000;

/** How a walk ends. As text, and not as parameters: plans depend on them. */
export interface Ends {
  /** The rows one may look at. */
  walked: Sql;
  /** The last of them: none, if there are fewer. */
  stop: Sql;
  /** All of them, known to be fewer a moment ago. */
  few: Sql;
}

export const ends: Ends = { walked: sql`limit 2000`, stop: sql`offset 1999 limit 1`, few: sql`limit 4000` };

/** The types of what a list is ordered by before the id. */
export const at_types = { time: sql`timestamptz`, day: sql`date`, text: sql`text` };
export type AtType = keyof typeof at_types;

/** An index read in its own order: `workspace_id`, then `keys` that are equal, then `at` and `id`. */
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
 * Reads the index from one end of the span towards the other. The keys stand in the comparison and in the order, and
 * not as equalities: so this index alone has the order, and with sorts disabled the planner can choose no other,
 * whatever it believes of the values. One text is one plan, which may be prepared for all values.
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

/** What was found, or the place up to which was looked. */
export type Found<Row> = Row & { stopped: boolean };

/** Where the rows of a list come from, at most `max_walked` of them. */
export interface Source {
  /**
   * Rows with `at`, `id` and what the list shows. Unless `complete` they are in the order of `k1` … for the keys, `at`
   * and `place`: the index's own columns, by which the planner knows that they are.
   */
  rows: Sql;
  /** The place of the last row there may be: nothing, if the rows end before. */
  stop: Sql;
  keys: number;
  /** The rows are all there are, and in no order. */
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

/** How many values a filter has in a statement. Their number is in its text, and a connection keeps few texts. */
const widths = [1, 3, 10];
/** Statements with more walks than this are rare, and large: no connection keeps them. */
const max_prepared_walks = 3;

/** The values, and after them one that no row has, as often as it takes for the text to be one of few. */
export function widened<Value>(values: readonly Value[], nobodys: Value): Value[] {
  const width = widths.find((one) => one >= values.length) ?? values.length;
  return [...values, ...Array<Value>(width - values.length).fill(nobodys)];
}

const prepared = (indexes: readonly IndexWalk[], { rows, stop }: Pick<Source, 'rows' | 'stop'>) =>
  indexes.length <= max_prepared_walks ? { rows, stop } : { rows: unprepared(rows), stop: unprepared(stop) };

/**
 * The rows of one index with one of several keys, in the order of `at` and id: as many walks as there are keys, merged as
 * they are read. Outside of its walk each key is said to be equal to its value, and so the planner knows that the walk's
 * rows are in the order of the rest. Within, an equality would let it choose another index. `distinct`: a row may have
 * several of the keys; of its entries, which all have one place, the first stands for all. `besides`: another table's
 * rows, whatever keys they have, for the list's filter to choose from.
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
    // The keys too: of a column that is used in the condition alone, the planner forgets how it is ordered.
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

/** What a list shows, by its name. */
export interface Column {
  name: Sql;
  value: Sql;
}

/** The columns as a select lists them. */
export function named(columns: readonly Column[]): Sql {
  return join(
    columns.map(({ name, value }) => sql`${value} as ${name}`),
    comma,
  );
}

/**
 * One page of a source's rows: at most `limit`, each as `c`, joined and filtered. If the filters leave fewer and the
 * walk stopped, one more row says where: `stopped`. Rows are read one by one until there are enough, since nothing
 * between the index and the limit needs them all; where it stopped is looked up only if there were too few.
 */
export function pageOf(
  source: Source,
  options: {
    columns: readonly Column[];
    joins: Sql;
    filter: Sql;
    span: Span;
    at_type?: AtType;
    descending: boolean;
    limit: number;
  },
): Sql {
  const { columns, joins, filter, span, at_type = 'time', descending, limit } = options;
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
    select false as stopped, c.at, c.id, ${named(columns)} from (${source.rows}) c ${joins} where ${filter}`;
  if (source.complete) {
    const { after, before } = span;
    return sql`${rows} and (c.at, c.id) > (${after.at}::${type}, ${after.id}::uuid)
      and (c.at, c.id) < (${before.at}::${type}, ${before.id}::uuid) order by ${order} limit ${limit}`;
  }
  const blank = join(
    columns.map(() => sql`null`),
    comma,
  );
  return sql`
    select * from (
      (${rows} order by ${order} limit ${limit})
      union all
      (select true, s.at, s.id, ${blank} from (${source.stop}) s)
    ) page limit ${limit}`;
}

/** What of a page's rows may be long. */
interface Long {
  /** The columns that are left out, as null, of the rows that don't fit. */
  columns: readonly Sql[];
  /** The bytes of JSON that a row `q` becomes. */
  json_bytes: Sql;
}

/** A column of long text. */
export function longText(column: Sql): Long {
  return {
    columns: [column],
    json_bytes: sql`coalesce(octet_length(to_json(q.${column})::text), 0) + 512`,
  };
}

/**
 * The rows of a page in their order. `fits` says whether a row still goes into the response, and what is long is read
 * only if it does. The rows are counted one after the other, and none after the first that is too many: of a hundred
 * texts of a megabyte two are ever read, however well they are compressed.
 */
export function withinBudget(page: Sql, columns: readonly Sql[], long: Long): Sql {
  // By their text: two templates that say the same are two shapes.
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
 * The best of the sources of a list. One that goes to its end is the list's whole rest. Of the others, the one that
 * gets furthest has the fewest rows to pass over.
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
