import type pg from 'pg';
import { bookkeeping } from '../../../scripts/schema.ts';
import { readTables, type Table } from '../../../proof/harness/tables.ts';

/** The kinds of tables (server/migrations/0007_table_kinds.sql), and the column that their keys begin with. */
const owner_columns: Record<string, string | undefined> = {
  workspace: 'workspace_id',
  account: 'user_id',
  reference: undefined,
  system: undefined,
};

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
  /** Whether the index's comment says that it is for upkeep, which works across all workspaces and accounts. */
  for_upkeep: boolean;
  /** Whether the index's comment says that it finds rows of accounts by their workspace. */
  of_workspace: boolean;
}

/** A privilege of the worker's role on a table, for all its columns (`whole`) or some. */
export interface WorkerGrant {
  table: string;
  privilege: string;
  whole: boolean;
}

export interface Catalog {
  tables: Table[];
  keys: CatalogKey[];
  triggers: string[];
  grants: { table: string; privilege: string }[];
  app_role: Role | undefined;
  worker_grants: WorkerGrant[];
  /** The columns with texts or bytes of workspaces and accounts that the worker may read, as `table.column`. */
  read_by_worker: string[];
  /** Tables with a policy that limits which of their rows the worker may delete, in any scope. */
  removed_by_worker: string[];
  worker_role: Role | undefined;
}

interface Role {
  superuser: boolean;
  bypass: boolean;
  owns: number;
  /** Other roles whose rights it has. */
  within: string[];
}

const columns_of = (table: string, numbers: string) => `
  (select array_agg(a.attname::text order by k.n)
   from unnest(${numbers}) with ordinality k (attnum, n)
   join pg_attribute a on a.attrelid = ${table} and a.attnum = k.attnum)`;

const keys = `
  select c.conrelid::regclass::text as table, c.conname as name, c.contype::text as kind,
    ${columns_of('c.conrelid', 'c.conkey')} as columns, nullif(c.confrelid, 0)::regclass::text as referenced_table,
    ${columns_of('c.confrelid', 'c.confkey')} as referenced_columns,
    c.confdeltype::text as on_delete, c.confupdtype::text as on_update, false as for_upkeep,
    false as of_workspace
  from pg_constraint c join pg_namespace n on n.oid = c.connamespace
  where n.nspname = 'public' and c.contype in ('p', 'u', 'f') and c.conrelid::regclass::text not in ${bookkeeping}
  union all
  select i.indrelid::regclass::text, i.indexrelid::regclass::text, 'i',
    (select array_agg(pg_get_indexdef(i.indexrelid, n, true) order by n) from generate_series(1, i.indnkeyatts) n),
    null, null, null, null, coalesce(obj_description(i.indexrelid) = 'upkeep', false),
    coalesce(obj_description(i.indexrelid) = 'of a workspace', false)
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and not i.indisprimary and i.indrelid::regclass::text not in ${bookkeeping}
  order by 1, 2, 3`;

const triggers = `
  select tgrelid::regclass || '.' || tgname as name from pg_trigger where not tgisinternal
  union all
  select c.relname || '.' || r.rulename from pg_rewrite r join pg_class c on c.oid = r.ev_class
  join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind <> 'v'`;

const grants = `
  select table_name as table, privilege_type as privilege from information_schema.role_table_grants
  where grantee = 'baton_app' and table_schema = 'public' and table_name not in ${bookkeeping} order by 1, 2`;

const role = `
  select rolsuper as superuser, rolbypassrls as bypass,
    (select count(*)::int from pg_class c where c.relowner = r.oid) as owns,
    array(select o.rolname::text from pg_roles o where o.oid <> r.oid and pg_has_role(r.oid, o.oid, 'member')) as within
  from pg_roles r where rolname = $1`;

const worker_grants = `
  select table_name as table, privilege_type as privilege, true as whole from information_schema.role_table_grants
  where grantee = 'baton_worker' and table_schema = 'public' and table_name not in ${bookkeeping}
  union all
  select distinct c.table_name, c.privilege_type, false from information_schema.column_privileges c
  where grantee = 'baton_worker' and table_schema = 'public' and not exists (
    select 1 from information_schema.role_table_grants t
    where t.grantee = c.grantee and t.table_name = c.table_name and t.privilege_type = c.privilege_type)
  order by 1, 2`;

const read_by_worker = `
  select p.table_name || '.' || p.column_name as name from information_schema.column_privileges p
  join information_schema.columns c using (table_schema, table_name, column_name)
  where p.grantee = 'baton_worker' and p.table_schema = 'public' and p.privilege_type = 'SELECT'
    and c.data_type in ('text', 'character varying', 'bytea', 'json', 'jsonb', 'ARRAY')
    and p.table_name not in ${bookkeeping}
    and coalesce(obj_description((p.table_schema || '.' || p.table_name)::regclass), '') not like 'system%' order by 1`;

const removed_by_worker = `
  select polrelid::regclass::text as table from pg_policy
  where not polpermissive and polcmd = 'd' and polroles = array['baton_worker'::regrole::oid]
    and pg_get_expr(polqual, polrelid) <> 'true' order by 1`;

/** Reads what the rules check from the system catalog. */
export async function readCatalog(owner: Pick<pg.Pool, 'query'>): Promise<Catalog> {
  const rows = async <Row extends pg.QueryResultRow>(text: string, ...values: string[]) =>
    (await owner.query<Row>(text, values)).rows;
  return {
    tables: await readTables(owner),
    keys: await rows(keys),
    triggers: (await rows<{ name: string }>(triggers)).map(({ name }) => name),
    grants: await rows(grants),
    app_role: (await rows<Role & pg.QueryResultRow>(role, 'baton_app'))[0],
    worker_grants: await rows(worker_grants),
    read_by_worker: (await rows<{ name: string }>(read_by_worker)).map(({ name }) => name),
    removed_by_worker: (await rows<{ table: string }>(removed_by_worker)).map(({ table }) => table),
    worker_role: (await rows<Role & pg.QueryResultRow>(role, 'baton_worker'))[0],
  };
}

/** Checks the rules of the schema (docs/decisions/0005). Returns one sentence per violation. */
export function catalogViolations(catalog: Catalog): string[] {
  const by_name = new Map(catalog.tables.map((table) => [table.name, table]));
  const ownerOf = (table: string | null) => owner_columns[by_name.get(table ?? '')?.kind ?? ''];
  const found: string[] = [];
  for (const { name, kind } of catalog.tables) {
    if (kind === null || !(kind in owner_columns)) found.push(`${name} has no kind: create it by app_tenant_table`);
  }
  for (const key of catalog.keys) found.push(...keyViolations(key, ownerOf));
  for (const { name } of catalog.keys) {
    if (name.length > 45) found.push(`${name} is longer than 45 characters`);
  }
  for (const table of catalog.tables.filter(({ name }) => ownerOf(name) !== undefined)) {
    if (!table.row_security || !table.forced) found.push(`${table.name} doesn't force row-level security`);
    if (table.policies === 0) found.push(`${table.name} has no policy`);
    for (const privilege of table.by_worker ? ['SELECT'] : ['SELECT', 'INSERT']) {
      const granted = catalog.grants.some((grant) => grant.table === table.name && grant.privilege === privilege);
      if (!granted) found.push(`the app's role may not ${privilege} ${table.name}`);
    }
  }
  for (const name of catalog.triggers) found.push(`${name} is a trigger or rule`);
  for (const { table, privilege } of catalog.grants) {
    if (!allowedToRequests(by_name.get(table)).includes(privilege))
      found.push(`the app's role may ${privilege} ${table}`);
  }
  for (const foreign of catalog.keys.filter(({ kind }) => kind === 'f')) {
    // Rows of a reference table are never deleted, so a foreign key to it needs no index.
    if (by_name.get(foreign.referenced_table ?? '')?.kind === 'reference') continue;
    if (!isIndexed(foreign, catalog.keys)) found.push(`${foreign.name} has no index that begins with its columns`);
  }
  found.push(...roleViolations('the app', catalog.app_role), ...roleViolations('the worker', catalog.worker_role));
  found.push(...workerViolations(catalog, by_name));
  return found;
}

/** The privileges that the app's role may have on a table. */
function allowedToRequests(table: Table | undefined): string[] {
  if (table?.by_worker === true) return ['SELECT'];
  const rows_stay = table !== undefined && (table.append_only || table.queue);
  return rows_stay ? ['SELECT', 'INSERT'] : ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
}

function roleViolations(whose: string, role: Role | undefined): string[] {
  if (role === undefined) return [`there is no role of ${whose}`];
  const found: string[] = [];
  if (role.superuser || role.bypass || role.owns > 0) found.push(`${whose}'s role owns or bypasses something`);
  if (role.within.length > 0) found.push(`${whose}'s role has the rights of ${role.within.join(', ')}`);
  return found;
}

/** The columns with people's texts, secrets and hashes that the worker may read, because its work needs them. */
const worker_reads = [
  'deliveries.attempts',
  'deliveries.outcome',
  'event_heads.frontier',
  'failed_attempts.action',
  'invitations.email',
  'invitations.role',
  'memberships.role',
  'outcomes.key_hash',
  'outcomes.target',
  'refresh_tokens.token_hash',
  'webhooks.previous_secret',
  'webhooks.secret',
  'webhooks.state',
  'webhooks.state_reason',
  'webhooks.types',
  'webhooks.url',
];

/** The worker sees rows of all workspaces, so it may read only certain columns, and delete only what a policy names. */
function workerViolations(catalog: Catalog, by_name: ReadonlyMap<string, Table>): string[] {
  const found: string[] = [];
  for (const { table, privilege, whole } of catalog.worker_grants) {
    const { kind, append_only, queue } = by_name.get(table) ?? { kind: null, append_only: false, queue: false };
    const may = `the worker may ${privilege} ${table}`;
    if (privilege === 'DELETE') {
      if (kind !== 'system' && !catalog.removed_by_worker.includes(table))
        found.push(`${may} without a policy that says which`);
    } else if (privilege === 'INSERT') {
      if (!append_only && !queue && kind !== 'system') found.push(`${may}, which isn't append-only`);
    } else if (append_only || (whole && kind !== 'system')) {
      found.push(append_only ? may : `${may} in every column`);
    }
  }
  for (const name of catalog.read_by_worker) {
    if (!worker_reads.includes(name)) found.push(`the worker may read ${name}, which isn't in worker_reads`);
  }
  for (const { name, table } of catalog.keys.filter((key) => key.for_upkeep)) {
    if (!catalog.removed_by_worker.includes(table))
      found.push(`${name} is for upkeep, and the worker removes nothing there`);
  }
  return found;
}

function keyViolations(key: CatalogKey, ownerOf: (table: string | null) => string | undefined): string[] {
  const found: string[] = [];
  const owner = ownerOf(key.table);
  if (owner === undefined) return found;
  const [first = ''] = key.columns;
  // An index that only finds rows can be added at any time. A key that makes them unique can't.
  const is_secondary = key.for_upkeep || (key.of_workspace && first === 'workspace_id');
  if (first !== owner && !is_secondary) found.push(`${key.name} begins with ${first}`);
  if (key.kind !== 'f') return found;
  if (ownerOf(key.referenced_table) !== undefined && key.referenced_columns?.[0] !== first) {
    found.push(`${key.name} doesn't carry ${first} to ${key.referenced_table}`);
  }
  if (key.on_delete !== 'a' || key.on_update !== 'a') found.push(`${key.name} acts on delete or update`);
  return found;
}

function isIndexed(foreign: CatalogKey, all: readonly CatalogKey[]): boolean {
  return all.some(
    (key) =>
      key.kind !== 'f' &&
      key.table === foreign.table &&
      foreign.columns.every((column) => key.columns.slice(0, foreign.columns.length).includes(column)),
  );
}
