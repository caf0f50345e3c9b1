import pg from 'pg';

// The schema that the migrations create, as SQL that a reviewer can read in a diff. pg_dump is not among the embedded
// binaries, and its output changes with its version. The catalog's own functions return the same for every PostgreSQL
// from 15 on.

/** The tables that the migrations themselves need. */
export const bookkeeping = `('pgmigrations', 'migration_checksums')`;

const columns = `
  select c.relname as table, obj_description(c.oid, 'pg_class') as kind, c.relpersistence = 'u' as unlogged,
    c.reloptions::text[] as options,
    array_agg(
      format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then ' not null' else '' end,
        coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) order by a.attnum) as lines
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where n.nspname = 'public' and c.relkind = 'r' and c.relname not in ${bookkeeping}
  group by c.oid, c.relname, c.relpersistence, c.reloptions
  order by 1`;

const constraints = `
  select c.conrelid::regclass::text as table,
    format('  constraint %I %s', c.conname, pg_get_constraintdef(c.oid)) as line
  from pg_constraint c join pg_namespace n on n.oid = c.connamespace
  where n.nspname = 'public' and c.contype in ('p', 'u', 'f', 'c')
  order by 1, position(c.contype::text in 'pucf'), c.conname`;

const indexes = `
  select i.indrelid::regclass::text as table, pg_get_indexdef(i.indexrelid) as line
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)
  order by 1, c.relname`;

const walls = `
  select c.relname as table, format('ALTER TABLE %I %s ROW LEVEL SECURITY', c.relname, w.state) as line
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (values ('ENABLE', c.relrowsecurity), ('FORCE', c.relforcerowsecurity)) w (state, stands)
  where n.nspname = 'public' and w.stands
  order by 1, w.state`;

const policies = `
  select polrelid::regclass::text as table, concat_ws(' ',
    format('CREATE POLICY %I ON %s', polname, polrelid::regclass),
    case when not polpermissive then 'AS RESTRICTIVE' end,
    'FOR ' || case polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE'
      else 'ALL' end,
    case when polroles <> '{0}' then 'TO ' || array_to_string(polroles::regrole[], ', ') end,
    'USING (' || pg_get_expr(polqual, polrelid) || ')',
    'WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')') as line
  from pg_policy order by 1, polname`;

const roles = `('baton_app', 'baton_worker')`;

const grants = `
  select table_name as table, format('GRANT %s ON %s TO %s',
    string_agg(privilege_type, ', ' order by privilege_type), table_name, grantee) as line
  from information_schema.role_table_grants
  where grantee in ${roles} and table_schema = 'public' group by table_name, grantee
  union all
  select c.table_name, format('GRANT %s (%s) ON %s TO %s', c.privilege_type,
    string_agg(c.column_name, ', ' order by c.column_name), c.table_name, c.grantee)
  from information_schema.column_privileges c
  where c.grantee in ${roles} and c.table_schema = 'public' and not exists (
    select 1 from information_schema.role_table_grants t
    where t.grantee = c.grantee and t.table_name = c.table_name and t.privilege_type = c.privilege_type)
  group by c.table_name, c.privilege_type, c.grantee
  order by 1, 2`;

const functions = `
  select pg_get_functiondef(p.oid) as line from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = 'public' order by p.proname`;

interface Table {
  table: string;
  /** The kind of the table, by its comment in the database. */
  kind: string | null;
  unlogged: boolean;
  options: string[] | null;
  lines: string[];
}

interface Line {
  table: string;
  line: string;
}

/** The schema of a migrated database, table by table. */
export async function dumpSchema(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const rows = async <Row extends pg.QueryResultRow>(text: string) => (await client.query<Row>(text)).rows;
    const tables = await rows<Table>(columns);
    const [keys, by_index, by_wall, by_policy, by_grant] = [
      await rows<Line>(constraints),
      await rows<Line>(indexes),
      await rows<Line>(walls),
      await rows<Line>(policies),
      await rows<Line>(grants),
    ];
    const of = (lines: Line[], table: string) => lines.filter((line) => line.table === table).map(({ line }) => line);
    const parts = (await rows<{ line: string }>(functions)).map(({ line }) => `${line.trim()};`);
    for (const { table, kind, unlogged, options, lines } of tables) {
      const body = [...lines, ...of(keys, table)].join(',\n');
      const storage = options === null ? '' : ` with (${options.join(', ')})`;
      const after = [by_index, by_wall, by_policy, by_grant].flatMap((all) => of(all, table));
      parts.push(
        [
          `-- ${kind}`,
          `create ${unlogged ? 'unlogged ' : ''}table ${table} (\n${body}\n)${storage};`,
          ...after.map((line) => `${line};`),
        ].join('\n'),
      );
    }
    return `-- Generated from server/migrations by \`npm run generate\`. Not run by anything: for reading.\n\n${parts.join('\n\n')}\n`;
  } finally {
    await client.end();
  }
}
