import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { dumpSchema } from '../../../scripts/schema.ts';
import { migrate, migrations_dir } from '../../../server/src/db/migrate.ts';
import { clusterUrl } from '../../harness/database.ts';
import { makeTeam } from '../../harness/make.ts';
import type { Check, Finding, Run } from '../check.ts';
import { inParallel, setStageOn } from '../stage.ts';
import { followFor } from './followers.ts';

interface Cut {
  file: string;
  /** The position in the file right after a statement. */
  at: number;
}

const following_ms = 1_000;
const later = '0002_later.sql';
/** A second migration, so that some cuts fall between two migrations, on a schema that is in use. */
const later_text = `-- Up Migration
create table later (id integer primary key, note text not null);
alter table later add column more text;
create index later_note on later (note);
`;

/** The end of every statement, except those within a function's body. */
function boundariesOf(text: string): number[] {
  const ends: number[] = [];
  let quoted = false;
  for (const { index, 0: token } of text.matchAll(/--[^\n]*|'(?:[^']|'')*'|\$\w*\$|;/g)) {
    if (token.startsWith('$')) quoted = !quoted;
    else if (token === ';' && !quoted) ends.push(index + 1);
  }
  return ends;
}

function writeMigrations(
  dir: string,
  run: Run,
  { cut, with_later = true }: { cut?: Cut; with_later?: boolean } = {},
): void {
  const texts = new Map(
    readdirSync(migrations_dir).map((name) => [name, readFileSync(path.join(migrations_dir, name), 'utf8')]),
  );
  if (with_later) texts.set(later, later_text);
  for (const [name, text] of texts) {
    const lost = 'select pg_terminate_backend(pg_backend_pid());';
    let whole = text;
    if (cut?.file === name) {
      whole = `${text.slice(0, cut.at)}\n${lost}\n${text.slice(cut.at)}`;
      // The broken build keeps what was done before the cut, and the rest never follows.
      if (run.mutant?.other === 'commits as it goes') whole = whole.replace(lost, `commit; begin; ${lost}`);
    }
    writeFileSync(path.join(dir, name), whole);
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The number of objects in the schema, without the migrations' own tables, and the migrations recorded as applied. */
async function stateOf(url: string): Promise<{ objects: number; applied: string[] }> {
  return withClient(url, async (client) => {
    const objects = await client.query<{ n: number }>(
      `select count(*)::integer as n from pg_class where relnamespace = 'public'::regnamespace
       and relname !~ '^(pgmigrations|migration_checksums)'`,
    );
    const applied = await client
      .query<{ name: string }>('select name from pgmigrations order by id')
      .catch(() => ({ rows: [] }));
    return { objects: objects.rows[0]?.n ?? 0, applied: applied.rows.map(({ name }) => name) };
  });
}

/** Cuts a migration in a fresh database, inspects what it left, migrates again, and compares the schema. */
async function cutAt(cut: Cut, run: Run, whole: string): Promise<string[]> {
  const name = `baton_cut_${randomBytes(6).toString('hex')}`;
  const url = clusterUrl(name);
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-cut-'));
  const where = `${cut.file} cut at ${cut.at}`;
  const faults: string[] = [];
  await withClient(clusterUrl('postgres'), (admin) => admin.query(`create database ${name}`));
  try {
    writeMigrations(dir, run, { cut });
    await migrate({ url, dir }).then(
      () => faults.push(`${where}: was not cut`),
      () => undefined,
    );
    const left = await stateOf(url);
    if (left.objects > 0 && left.applied.length === 0) faults.push(`${where}: left ${left.objects} objects behind`);
    writeMigrations(dir, run);
    await migrate({ url, dir });
    if ((await dumpSchema(url)) !== whole) faults.push(`${where}: the next start led to another schema`);
    const applied = await migrate({ url, dir });
    if (applied.length > 0) faults.push(`${where}: a third start applied ${applied.join(', ')} again`);
  } catch (error) {
    faults.push(`${where}: the next start failed: ${(error as Error).message}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
    await withClient(clusterUrl('postgres'), (admin) => admin.query(`drop database ${name} with (force)`));
  }
  return faults;
}

/** The schema after uncut migrations. */
async function wholeSchema(run: Run): Promise<string> {
  const name = `baton_whole_${randomBytes(6).toString('hex')}`;
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-whole-'));
  await withClient(clusterUrl('postgres'), (admin) => admin.query(`create database ${name}`));
  writeMigrations(dir, run);
  await migrate({ url: clusterUrl(name), dir });
  const schema = await dumpSchema(clusterUrl(name));
  rmSync(dir, { recursive: true, force: true });
  await withClient(clusterUrl('postgres'), (admin) => admin.query(`drop database ${name} with (force)`));
  return schema;
}

/**
 * Serves from a database whose migration was cut and then finished by the next start: its events must reach every follower, too.
 */
async function serveAfter(cut: Cut, run: Run): Promise<string[]> {
  const name = `baton_cut_${randomBytes(6).toString('hex')}`;
  const url = clusterUrl(name);
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-cut-'));
  await withClient(clusterUrl('postgres'), (admin) => admin.query(`create database ${name}`));
  const owner = new pg.Pool({ connectionString: url, max: 2 });
  owner.on('error', () => undefined);
  const drop = async () => {
    await owner.end();
    await withClient(clusterUrl('postgres'), (admin) => admin.query(`drop database ${name} with (force)`));
  };
  try {
    writeMigrations(dir, run, { cut, with_later: false });
    await migrate({ url, dir }).catch(() => undefined);
    await migrate({ url });
    const stage = await setStageOn({ url, owner, drop }, undefined);
    const faults = await followFor(following_ms, [stage.url], await makeTeam(stage));
    return [...faults, ...(await stage.strike())].map((fault) => `served after ${cut.file} was cut: ${fault}`);
  } catch (error) {
    await drop().catch(() => undefined);
    return [`not served after ${cut.file} was cut: ${(error as Error).message}`];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function cutEverywhere(run: Run, size: number): Promise<Finding> {
  const whole = await wholeSchema(run);
  const texts = [
    ...readdirSync(migrations_dir).map((file) => ({
      file,
      text: readFileSync(path.join(migrations_dir, file), 'utf8'),
    })),
    { file: later, text: later_text },
  ];
  const all = texts.flatMap(({ file, text }) => boundariesOf(text).map((at) => ({ file, at })));
  const every = Math.max(1, Math.round(1 / size));
  const cuts = all.filter((_, index) => index % every === every >> 1);
  const violations: string[] = [];
  let done = 0;
  await inParallel(cuts.length, 4, async (n) => {
    const cut = cuts[n];
    if (cut !== undefined) violations.push(...(await cutAt(cut, run, whole)));
    run.progress(++done / cuts.length);
  });
  // One is enough, because the schema was compared for every cut. The schema of a broken build may be unusable.
  const served = cuts.findLast(({ file }) => file !== later);
  if (served !== undefined && run.mutant === undefined) violations.push(...(await serveAfter(served, run)));
  return { load: { statements: all.length, cuts: cuts.length }, figures: {}, violations };
}

export const migrations: Check = {
  id: 'migrations',
  promises: ['P25'],
  says: 'A migration whose connection is lost after any of its statements is rolled back or finished by the next start. The schema is then the same, and a server works with it.',
  run: cutEverywhere,
  slice: 0, // server/src/db/migrate.test.ts cuts them at some places
  control_size: 0.05,
  controls: { 'commits as it goes': { other: 'commits as it goes' } },
};
