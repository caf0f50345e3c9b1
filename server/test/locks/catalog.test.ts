import { readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { dumpSchema } from '../../../scripts/schema.ts';
import { contracts } from '../../src/contracts.ts';
import { codes_by_constraint } from '../../src/db/errors.ts';
import { prepare } from '../../src/db/sql.ts';
import type { Operation } from '../../src/http/contract.ts';
import { removeFiles } from '../../src/attachments/upkeep-queries.ts';
import { upkeep } from '../../src/upkeep/catalogue.ts';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { type Catalog, catalogViolations, readCatalog } from './catalog.ts';
import { owners } from './house.ts';

let database: TestDatabase;
let catalog: Catalog;

beforeAll(async () => {
  database = await createDatabase();
  catalog = await readCatalog(database.owner);
});
afterAll(() => database.drop());

describe('the schema', () => {
  test('follows every rule that allows sharding it by workspace', () => {
    expect(catalog.tables.length).toBeGreaterThan(15);
    expect(catalogViolations(catalog)).toEqual([]);
  });

  test('has one folder that writes each table', () => {
    expect(catalog.tables.map(({ name }) => name).sort()).toEqual(Object.values(owners).flat().sort());
  });

  test('lets the worker delete rows only from tables that upkeep has a task for', () => {
    const keep = { session_retention_s: 1, password_reset_retention_s: 1, failed_attempt_retention_s: 1 };
    const statements = Object.values(upkeep).flatMap((step) =>
      step(
        {
          ...keep,
          invitation_retention_s: 1,
          idempotency_key_retention_s: 1,
          token_retention_s: 1,
          delivery_retention_s: 1,
          view_retention_s: 1,
          notification_retention_s: 1,
          mail_retention_s: 1,
        },
        1,
      ),
    );
    // A separate loop removes the bytes of a file, and then its row.
    const tables = [...statements, removeFiles([])].flatMap((one) =>
      [...prepare(one).text.matchAll(/delete from (\w+)/g)].map(([, name]) => name),
    );
    expect([...new Set(tables)].sort()).toEqual(catalog.removed_by_worker);
  });

  test('has an error for each unique constraint that a request can violate, and for none that no longer exists', async () => {
    /** Unique constraints that no request violates, and why. */
    const kept: Record<string, string> = {
      comment_reactions_order: 'the comment is locked, and each reaction has a later time',
      deliveries_event: 'the worker queues what is not queued yet',
      events_ticket_version: 'the ticket is locked',
      notifications_act: 'the worker creates what is not there yet',
      tickets_number_key: 'the project counts while it is locked',
    };
    const { rows } = await database.owner.query<{ name: string; is_unique: boolean }>(
      `select conname as name, contype = 'u' as is_unique from pg_constraint where connamespace = 'public'::regnamespace
       union select indexrelid::regclass::text, not indisprimary from pg_index
         where indisunique and indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)`,
    );
    const unique = rows.filter(({ is_unique }) => is_unique).map(({ name }) => name);
    const answered = Object.keys(codes_by_constraint);
    expect(unique.filter((name) => !answered.includes(name)).toSorted()).toEqual(Object.keys(kept).toSorted());
    expect(answered.filter((name) => !rows.some((row) => row.name === name))).toEqual([]);
  });

  test('is the same as in server/schema.sql', async () => {
    const written = readFileSync(path.resolve(import.meta.dirname, '../../schema.sql'), 'utf8');
    const message = 'server/schema.sql is stale. Run npm run generate, look at the difference, and commit it.';
    expect(await dumpSchema(database.url), message).toBe(written);
  });

  const planted: [sql: string, says: string][] = [
    ['create table loose (id uuid primary key)', 'loose has no kind: create it by app_tenant_table'],
    [
      `create table tenant (id uuid primary key, workspace_id uuid); select app_tenant_table('tenant', 'update')`,
      'tenant_pkey begins with id',
    ],
    [
      `create table open (workspace_id uuid primary key); comment on table open is 'workspace'`,
      "open doesn't force row-level security",
    ],
    ['revoke insert on invitations from baton_app', "the app's role may not INSERT invitations"],
    [
      `create table facts (workspace_id uuid primary key); select app_tenant_table('facts', null);
       grant update on facts to baton_app`,
      "the app's role may UPDATE facts",
    ],
    ['create unique index by_title on tickets (title)', 'by_title begins with title'],
    [
      'alter table comments add constraint c_author_fkey foreign key (workspace_id, author_id) references memberships',
      'c_author_fkey has no index that begins with its columns',
    ],
    [
      `create function f() returns trigger language plpgsql as 'begin return new; end';
       create trigger t before insert on tickets for each row execute function f()`,
      'tickets.t is a trigger or rule',
    ],
    ['grant update on status_history to baton_app', "the app's role may UPDATE status_history"],
    ['grant delete on events to baton_app', "the app's role may DELETE events"],
    ['grant insert on events to baton_app', "the app's role may INSERT events"],
    ['grant update on outbox to baton_app', "the app's role may UPDATE outbox"],
    [
      'alter table status_history drop constraint status_history_ticket_fkey, add constraint h_ticket_fkey ' +
        'foreign key (workspace_id, ticket_id) references tickets on delete cascade',
      'h_ticket_fkey acts on delete or update',
    ],
    ['alter role baton_app bypassrls', "the app's role owns or bypasses something"],
    [
      'create index by_expiry on sessions (least(expires_at, revoked_at))',
      'by_expiry begins with LEAST(expires_at, revoked_at)',
    ],
    [
      "comment on index tickets_created is 'upkeep'",
      'tickets_created is for upkeep, and the worker removes nothing there',
    ],
    ['grant delete on tickets to baton_worker', 'the worker may DELETE tickets without a policy that says which'],
    ['drop policy worker_deletes on sessions', 'the worker may DELETE sessions without a policy that says which'],
    ['grant select on users to baton_worker', 'the worker may SELECT users in every column'],
    [
      'grant select (title) on tickets to baton_worker',
      "the worker may read tickets.title, which isn't in worker_reads",
    ],
    ['grant insert on sessions to baton_worker', "the worker may INSERT sessions, which isn't append-only"],
    ['grant select (before) on events to baton_worker', 'the worker may SELECT events'],
    ['grant baton_app to baton_worker', "the worker's role has the rights of baton_app"],
  ];
  test.each([
    ['workspace_id', 'update, delete'],
    ['user_id', null],
  ])('accepts a table that app_tenant_table has marked as keyed by %s', async (column, rights) => {
    const client = await database.owner.connect();
    try {
      await client.query(`begin; create table sound (${column} uuid primary key)`);
      await client.query('select app_tenant_table($1, $2, $3)', ['sound', rights, column]);
      expect(catalogViolations(await readCatalog(client))).toEqual([]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });

  test.each(planted)('is noticed if it breaks a rule: %s', async (sql, says) => {
    const client = await database.owner.connect();
    try {
      await client.query(`begin; ${sql}`);
      const broken = await readCatalog(client);
      expect(catalogViolations(broken)).toContain(says);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});

interface Schema {
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  enum?: string[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
}

/** The bounds and words that a field's contract sets for its value. */
const boundsOf = ({ minimum, maximum, enum: words = [], anyOf = [] }: Schema): string[] => [
  ...[minimum, maximum, ...words].flatMap((bound) => (bound === undefined ? [] : [String(bound)])),
  ...anyOf.flatMap(boundsOf),
];

/** The lengths that a field's contract allows for its text. */
const lengthsOf = ({ maxLength, anyOf = [] }: Schema): string[] => [
  ...(maxLength === undefined ? [] : [String(maxLength)]),
  ...anyOf.flatMap(lengthsOf),
];

const bounded_columns = `
  select c.relname as table, a.attname as column, coalesce(string_agg(pg_get_constraintdef(k.oid), ' '), '') as constraints
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
  left join pg_constraint k on k.conrelid = c.oid and a.attnum = any (k.conkey) and k.contype in ('c', 'f')
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.atttypid in ('int2'::regtype, 'int4'::regtype,
    'int8'::regtype, 'numeric'::regtype, 'text'::regtype)
  group by 1, 2`;

// Without the names of schemas, which would become references.
const options = { io: 'input', unrepresentable: 'any', metadata: z.registry<{ id?: string }>() } as const;

/** Finds columns that accept values which the contract refuses. Returns one sentence per field. */
async function looserThanContracts(owner: Pick<pg.Pool, 'query'>): Promise<string[]> {
  const { rows } = await owner.query<{ table: string; column: string; constraints: string }>(bounded_columns);
  const faults = contracts.flatMap(({ id, tag, body }: Operation) => {
    if (body === undefined) return [];
    const { properties = {} } = z.toJSONSchema(body, options) as Schema;
    return Object.entries(properties).flatMap(([field, schema]) => {
      // The version that a write is based on is compared, not stored.
      if (field === 'version') return [];
      // Keys and statuses have no constraint of length: their form and the workflow bound them. Stored addresses may be
      // longer than is allowed now.
      const lengths = field === 'email' ? [] : lengthsOf(schema);
      const columns = rows.filter(({ table, column }) => column === field && owners[tag]?.includes(table));
      const says = ({ constraints }: { constraints: string }) =>
        constraints !== '' &&
        [...boundsOf(schema), ...(constraints.includes('length(') ? lengths : [])].every((bound) =>
          new RegExp(`\\b${bound}\\b`).test(constraints),
        );
      const [first] = columns;
      return first === undefined || columns.some(says)
        ? []
        : [`${id} bounds ${field}, and no constraint of ${first.table}.${field} says the same`];
    });
  });
  return faults;
}

describe('a value that a contract refuses', () => {
  test('is also refused by a constraint of its column', async () => {
    expect(await looserThanContracts(database.owner)).toEqual([]);
  });

  test.each([
    ['drop constraint tickets_title_length', 'title'],
    ['drop constraint tickets_title_length, add check (length(title) <= 1000)', 'title'],
    [`drop constraint tickets_priority, add check (priority in ('none', 'low', 'medium', 'high'))`, 'priority'],
    ['drop constraint tickets_status_fkey', 'status'],
  ])('is noticed if the column accepts it: %s', async (change, field) => {
    const client = await database.owner.connect();
    try {
      await client.query(`begin; alter table tickets ${change}`);
      const says = `create_ticket bounds ${field}, and no constraint of tickets.${field} says the same`;
      expect(await looserThanContracts(client)).toContain(says);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
