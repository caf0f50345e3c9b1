import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clusterUrl } from '../../../proof/harness/database.ts';
import { migrate, migrations_dir } from './migrate.ts';
import { createPool } from './pool.ts';
import { sql } from './sql.ts';
import { readOnly } from './transaction.ts';

let admin: pg.Client;
let name: string;
let url: string;
let dir: string;

beforeEach(async () => {
  admin = new pg.Client({ connectionString: clusterUrl('postgres') });
  await admin.connect();
  name = `baton_migrate_${randomBytes(6).toString('hex')}`;
  await admin.query(`create database ${name}`);
  url = clusterUrl(name);
  dir = mkdtempSync(path.join(os.tmpdir(), 'baton-migrations-'));
  cpSync(migrations_dir, dir, { recursive: true });
});
afterEach(async () => {
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.end();
  rmSync(dir, { recursive: true });
});

async function tables(): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
     and relname not in ('pgmigrations', 'migration_checksums') order by 1`,
  );
  await client.end();
  return rows.map((row) => row.name);
}

describe('migrations', () => {
  test('run once, however many servers start together', async () => {
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrate({ url, dir })));
    expect(applied.flat()).toEqual(readdirSync(dir).map((file) => file.replace('.sql', '')));
    expect((await tables()).length).toBeGreaterThan(15);
  });

  test('that are missing are reported in one line', async () => {
    await expect(migrate({ url, dir: path.join(dir, 'nowhere') })).rejects.toThrow(
      /^Migrations are missing: there is no .*nowhere\. Install/,
    );
  });

  test('are recorded once, however many servers look at the same moment', async () => {
    await migrate({ url, dir });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    for (let round = 0; round < 3; round++) {
      await client.query('drop table migration_checksums');
      const applied = await Promise.all(Array.from({ length: 8 }, () => migrate({ url, dir })));
      expect(applied.flat()).toEqual([]);
    }
    await client.end();
  });

  test('that are cut short anywhere leave nothing behind, and the next start applies them', async () => {
    const [file = ''] = readdirSync(dir).map((one) => path.join(dir, one));
    const whole = readFileSync(file, 'utf8');
    const boundaries = [...whole.matchAll(/;\n(?=create|alter|grant|select)/g)].map(({ index }) => index + 2);
    expect(boundaries.length).toBeGreaterThan(60);
    for (const boundary of boundaries.filter((_, index) => index % 12 === 0)) {
      writeFileSync(file, `${whole.slice(0, boundary)}select 1 / 0;\n${whole.slice(boundary)}`);
      const line = whole.slice(0, boundary).split('\n').length;
      const says = `Migration ${path.basename(file)} failed at line ${line}, column 1: division by zero. Nothing of`;
      await expect(migrate({ url, dir })).rejects.toThrow(says);
      expect(await tables()).toEqual([]);
    }
    writeFileSync(file, whole);
    await migrate({ url, dir });
    expect((await tables()).length).toBeGreaterThan(15);
  });

  test('that PostgreSQL refuses are reported in one line with the file, the place, the reason and what to do', async () => {
    const file = path.join(dir, '0999_later.sql');
    const failureOf = async (text: string) => {
      writeFileSync(file, `-- Up Migration\n${text}`);
      const log: string[] = [];
      const failure = await migrate({ url, dir, log: (message) => log.push(message) }).catch((error: Error) => error);
      expect(log).toEqual([]);
      return failure instanceof Error ? failure.message : failure;
    };
    const what_to_do = 'Nothing of this file was applied. Remove the cause and migrate again.';
    // An unknown name after characters of two and four bytes; a word that isn't SQL; data that violates a constraint.
    expect(await failureOf("select 'é😀', nowhere;\n")).toBe(
      `Migration 0999_later.sql failed at line 2, column 14: column "nowhere" does not exist. ${what_to_do}`,
    );
    expect(await failureOf('\nselect 1;\n  crate table a ();\n')).toBe(
      `Migration 0999_later.sql failed at line 4, column 3: syntax error at or near "crate". ${what_to_do}`,
    );
    const secret = `-- one; two\ncreate table a (b text); /* ; */\n  insert into a values ('x;'), ('x;');
      create unique index a_b on a (b);\n`;
    expect(await failureOf(secret)).toBe(
      `Migration 0999_later.sql failed at line 5, column 7: could not create unique index "a_b". ${what_to_do}`,
    );
    const block = 'do $$ begin\n  perform 1;\n  perform oops();\nend $$;\n';
    expect(await failureOf(block)).toContain(
      'failed at line 2, column 1: function oops() does not exist. In PL/pgSQL function inline_code_block line 3 at PERFORM.',
    );
    expect(await failureOf('select pg_terminate_backend(pg_backend_pid());\n')).toContain(
      'Migration 0999_later.sql failed at line 2, column 1: terminating connection due to administrator command.',
    );
    writeFileSync(file, '-- Up Migration\nselect 1;\n');
    expect(await migrate({ url, dir })).toEqual(['0999_later']);
  });

  test('that were changed after they were applied are refused by name', async () => {
    await migrate({ url, dir });
    const [file = ''] = readdirSync(dir);
    writeFileSync(path.join(dir, file), `${readFileSync(path.join(dir, file), 'utf8')}\n-- a word more\n`);
    await expect(migrate({ url, dir })).rejects.toThrow(`Migration ${file.replace('.sql', '')} was applied with other`);
  });

  test('run by a login that may not change the tables are refused in one line that names the setting', async () => {
    const login = `baton_web_${randomBytes(4).toString('hex')}`;
    await admin.query(`create role ${login} login password 'x'`);
    const as_login = new URL(url);
    [as_login.username, as_login.password] = [login, 'x'];
    const says = 'Let MIGRATE_DATABASE_URL sign in as the owner';
    try {
      await expect(migrate({ url: as_login.href, dir })).rejects.toThrow(
        `${login}, which may not create tables. ${says}`,
      );
      await migrate({ url, dir });
      await expect(migrate({ url: as_login.href, dir })).rejects.toThrow(
        `${login}, and postgres owns the tables. ${says}`,
      );
    } finally {
      await admin.query(`drop role ${login}`);
    }
  });

  test('run by an owner who may not create the worker’s role say in one line what a superuser must run', async () => {
    const [owner, role] = ['owner', 'worker'].map((one) => `baton_${one}_${randomBytes(4).toString('hex')}`);
    await admin.query(`create role ${owner} login password 'x'`);
    await admin.query(`alter database ${name} owner to ${owner}`);
    // The cluster of the tests has the role, so this uses another one, which nobody has created.
    const file = path.join(dir, '0008_worker.sql');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('baton_worker', role ?? ''));
    const login = new URL(url);
    [login.username, login.password] = [owner ?? '', 'x'];
    try {
      const says = `The role ${role} is missing, and ${owner} may not create roles. .*As a superuser run: create role ${role} login`;
      await expect(migrate({ url: login.href, dir })).rejects.toThrow(new RegExp(says));
      await admin.query(`create role ${role} login password 'x'`);
      expect(await migrate({ url: login.href, dir })).toContain('0008_worker');
    } finally {
      await admin.query(`drop database ${name} with (force)`);
      await admin.query(`drop role if exists ${owner}, ${role}`);
    }
  });

  test('run by an owner who is not a superuser let the same login serve, bound by row-level security', async () => {
    const owner = `baton_owner_${randomBytes(4).toString('hex')}`;
    await admin.query(`create role ${owner} login createrole password 'x'`);
    await admin.query(`alter database ${name} owner to ${owner}`);
    // As on a cluster where this owner created the role, it may grant the role to itself.
    await admin.query(`grant baton_app to ${owner} with admin option`);
    const login = new URL(url);
    [login.username, login.password] = [owner, 'x'];
    await migrate({ url: login.href, dir });
    const pool = createPool({
      url: login.href,
      max: 1,
      role: 'baton_app',
      statement_timeout_ms: 1000,
      lock_timeout_ms: 1000,
      on_error: () => undefined,
    });
    const who = await readOnly(pool, {}, (db) =>
      db.one(sql`select current_user as role, count(*)::int as n from tickets`),
    );
    expect(who).toEqual({ role: 'baton_app', n: 0 });
    await pool.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.query(`drop role ${owner}`);
  });
});
