import type pg from 'pg';

/** Kept by all workspaces in common: small, and nothing hot in them. */
const reference_tables = ['users', 'workspaces'];
/** Not anybody's data: bookkeeping of the installation. */
const system_tables = ['pgmigrations', 'migration_checksums', 'rate_limits', 'membership_cleanups'];
const append_only_tables = [
  'status_history',
  'audit_log',
  'account_audit_log',
  'workflows',
  'comment_revisions',
  'ticket_texts',
];
const owner_columns = ['workspace_id', 'user_id'];

export interface CatalogKey {
  table: string;
  name: string;
  /** p: primary key, u: unique, f: foreign key, i: index. */
  kind: 'p' | 'u' | 'f' | 'i';
  columns: string[];
  referenced_table: string | null;
  referenced_columns: string[] | null;
  on_delete: string | null;
  on_update: string | null;
}

export interface Catalog {
  tables: { name: string; row_security: boolean; forced: boolean; owner: string; policies: number }[];
  keys: CatalogKey[];
  triggers: string[];
  grants: { table: string; privilege: string }[];
  app_role: { superuser: boolean; bypass: boolean; owns: number } | undefined;
}

const tables = `
  select c.relname as name, c.relrowsecurity as row_security, c.relforcerowsecurity as forced,
    pg_get_userbyid(c.relowner) as owner, (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind in ('r', 'p')
  order by 1`;

const columns_of = (table: string, numbers: string) => `
  (select array_agg(a.attname::text order by k.n)
   from unnest(${numbers}) with ordinality k (attnum, n)
   join pg_attribute a on a.attrelid = ${table} and a.attnum = k.attnum)`;

const keys = `
  select c.conrelid::regclass::text as table, c.conname as name, c.contype::text as kind,
    ${columns_of('c.conrelid', 'c.conkey')} as columns, nullif(c.confrelid, 0)::regclass::text as referenced_table,
    ${columns_of('c.confrelid', 'c.confkey')} as referenced_columns,
    c.confdeltype::text as on_delete, c.confupdtype::text as on_update
  from pg_constraint c join pg_namespace n on n.oid = c.connamespace
  where n.nspname = 'public' and c.contype in ('p', 'u', 'f')
  union all
  select i.indrelid::regclass::text, i.indexrelid::regclass::text, 'i',
    ${columns_of('i.indrelid', 'i.indkey::int2[]')}, null, null, null, null
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and not i.indisprimary
  order by 1, 2, 3`;

const triggers = `
  select tgrelid::regclass || '.' || tgname as name from pg_trigger where not tgisinternal
  union all
  select c.relname || '.' || r.rulename from pg_rewrite r join pg_class c on c.oid = r.ev_class
  join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'`;

const grants = `
  select table_name as table, privilege_type as privilege from information_schema.role_table_grants
  where grantee = 'baton_app' and table_schema = 'public' order by 1, 2`;

const app_role = `
  select rolsuper as superuser, rolbypassrls as bypass,
    (select count(*)::int from pg_class c where c.relowner = r.oid) as owns
  from pg_roles r where rolname = 'baton_app'`;

/** Reads what the rules are about from the system catalog. */
export async function readCatalog(owner: pg.Pool): Promise<Catalog> {
  const rows = async <Row extends pg.QueryResultRow>(text: string) => (await owner.query<Row>(text)).rows;
  return {
    tables: await rows(tables),
    keys: await rows(keys),
    triggers: (await rows<{ name: string }>(triggers)).map(({ name }) => name),
    grants: await rows(grants),
    app_role: (await rows<NonNullable<Catalog['app_role']>>(app_role))[0],
  };
}

/** What breaks the schema rules (docs/decisions/0005), one sentence each; none on a sound schema. */
export function catalogViolations(catalog: Catalog): string[] {
  const ours = (table: string) => !reference_tables.includes(table) && !system_tables.includes(table);
  const found: string[] = [];
  for (const key of catalog.keys.filter(({ table }) => ours(table))) found.push(...keyViolations(key, ours));
  for (const { name } of catalog.keys) {
    if (name.length > 45) found.push(`${name} is longer than 45 characters`);
  }
  for (const table of catalog.tables.filter(({ name }) => ours(name))) {
    if (!table.row_security || !table.forced) found.push(`${table.name} doesn't force row-level security`);
    if (table.policies === 0) found.push(`${table.name} has no policy`);
  }
  for (const name of catalog.triggers) found.push(`${name} is a trigger or rule`);
  for (const { table, privilege } of catalog.grants) {
    const allowed = append_only_tables.includes(table)
      ? ['SELECT', 'INSERT']
      : ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
    if (!allowed.includes(privilege)) found.push(`the app's role may ${privilege} ${table}`);
  }
  for (const foreign of catalog.keys.filter(({ kind }) => kind === 'f')) {
    if (!isIndexed(foreign, catalog.keys)) found.push(`${foreign.name} has no index that begins with its columns`);
  }
  const { app_role: role } = catalog;
  if (role === undefined) found.push('there is no app role');
  else if (role.superuser || role.bypass || role.owns > 0) found.push("the app's role owns or bypasses something");
  return found;
}

function keyViolations(key: CatalogKey, ours: (table: string) => boolean): string[] {
  const found: string[] = [];
  const [first = ''] = key.columns;
  if (!owner_columns.includes(first)) found.push(`${key.name} begins with ${first}`);
  if (key.kind !== 'f') return found;
  if (ours(key.referenced_table ?? '') && key.referenced_columns?.[0] !== first) {
    found.push(`${key.name} doesn't carry ${first} to ${key.referenced_table}`);
  }
  if (key.on_delete !== 'a' || key.on_update !== 'a') found.push(`${key.name} acts on delete or update`);
  return found;
}

/** Rows of a reference table are never deleted, so what points there needs no index. */
function isIndexed(foreign: CatalogKey, all: readonly CatalogKey[]): boolean {
  if (reference_tables.includes(foreign.referenced_table ?? '')) return true;
  return all.some(
    (key) =>
      key.kind !== 'f' &&
      key.table === foreign.table &&
      foreign.columns.every((column) => key.columns.slice(0, foreign.columns.length).includes(column)),
  );
}
