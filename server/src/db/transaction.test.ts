import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { startProxy } from '../../../proof/harness/proxy.ts';
import { createPool } from './pool.ts';
import { sql } from './sql.ts';
import { readOnly, transaction, type Tx } from './transaction.ts';

let database: TestDatabase;
let pool: pg.Pool;

const common = { role: 'baton_app', lock_timeout_ms: 1000, on_error: () => undefined };
const poolOf = (max: number) => createPool({ ...common, url: database.url, max, statement_timeout_ms: 2000 });

beforeAll(async () => {
  database = await createDatabase();
  await database.owner.query('create table counters (id integer primary key, n integer not null)');
  await database.owner.query('grant all on counters to baton_app; insert into counters values (1, 0), (2, 0)');
  const { pathname } = new URL(database.url);
  await database.owner.query(`alter database ${pathname.slice(1)} set deadlock_timeout = '100ms'`);
  pool = poolOf(4);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const count = async (id: number) =>
  (await database.owner.query('select n from counters where id = $1', [id])).rows[0]?.n;
const bump = (tx: Tx, id: number) => tx.one(sql`update counters set n = n + 1 where id = ${id} returning n`);

describe('a transaction', () => {
  test('commits everything, including statements whose result nobody awaits', async () => {
    await transaction(pool, {}, async (tx) => {
      await bump(tx, 1);
      tx.send(sql`update counters set n = n + 10 where id = ${1}`);
    });
    expect(await count(1)).toBe(11);
  });

  test('undoes everything if its body throws, or if a statement that nobody awaits fails', async () => {
    const before = await count(1);
    await expect(
      transaction(pool, {}, async (tx) => {
        await bump(tx, 1);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await expect(
      transaction(pool, {}, async (tx) => {
        tx.send(sql`insert into counters values (${1}, 0)`);
        await Promise.resolve();
        return 'done';
      }),
    ).rejects.toMatchObject({ code: '23505' });
    expect(await count(1)).toBe(before);
  });

  test('whose body ignores the error of a statement fails with that error', async () => {
    await expect(
      transaction(pool, {}, async (tx) => {
        await tx.rows(sql`select 1 / ${0}::integer`).catch(() => undefined);
      }),
    ).rejects.toMatchObject({ code: '22012' });
  });

  test('fails with its first failure, not with that of a later statement which PostgreSQL did not run', async () => {
    await expect(
      transaction(pool, {}, async (tx) => {
        tx.send(sql`insert into counters values (${1}, 0)`);
        await bump(tx, 2); // 25P02: the transaction is aborted
      }),
    ).rejects.toMatchObject({ code: '23505' });
  });

  test('is retried after a deadlock in a statement that nobody awaits', async () => {
    const before = [await count(1), await count(2)];
    let held = 0;
    let bothHold = () => {};
    const both = new Promise<void>((resolve) => (bothHold = resolve));
    const cross = (first: number, second: number) =>
      transaction(pool, {}, async (tx) => {
        await bump(tx, first);
        if (++held === 2) bothHold();
        await both;
        tx.send(sql`update counters set n = n + 1 where id = ${second}`);
        await tx.rows(sql`select 1`);
      });
    await Promise.all([cross(1, 2), cross(2, 1)]);
    expect([await count(1), await count(2)]).toEqual(before.map((n) => n + 2));
  });

  test('that settles a row ends only after every transaction that had locked the row', async () => {
    const ended: string[] = [];
    const before = await count(1);
    const holder = await database.owner.connect();
    await holder.query('begin; select 1 from counters where id = 1 for key share');
    const settled = transaction(pool, {}, async (tx) => {
      await bump(tx, 1);
      tx.settle(sql`select 1 from counters where id = ${1} for update`);
    }).then(() => ended.push('settled'));
    await expect.poll(() => count(1)).toBe(before + 1); // committed: everybody sees it
    expect(ended).toEqual([]);
    ended.push('released');
    await holder.query('commit');
    holder.release();
    await settled;
    expect(ended).toEqual(['released', 'settled']);
  });

  test('is retried after a deadlock without an error for the caller', async () => {
    const before = [await count(1), await count(2)];
    let attempts = 0;
    let held = 0;
    let bothHold = () => {};
    const both = new Promise<void>((resolve) => (bothHold = resolve));
    const cross = (first: number, second: number) =>
      transaction(pool, {}, async (tx) => {
        attempts++;
        await bump(tx, first);
        if (++held === 2) bothHold();
        await both;
        await bump(tx, second);
      });
    await Promise.all([cross(1, 2), cross(2, 1)]);
    expect(attempts).toBeGreaterThan(2);
    expect([await count(1), await count(2)]).toEqual(before.map((n) => n + 2));
  });

  test('that fails on a full disk gives database_unavailable, and keeps its connection', async () => {
    const single = poolOf(1);
    const pidOf = () => readOnly(single, {}, (db) => db.one(sql`select pg_backend_pid() as pid`));
    const before = [await pidOf(), await count(1)];
    const full = transaction(single, {}, async (tx) => {
      await bump(tx, 1);
      tx.send(sql`do $$ begin raise exception 'No space left on device' using errcode = 'disk_full'; end $$`);
      tx.send(sql`update counters set n = n + 10 where id = ${1}`);
    });
    await expect(full).rejects.toMatchObject({ code: 'database_unavailable', retry_after_s: 2 });
    expect([await pidOf(), await count(1)]).toEqual(before);
    await single.end();
  });

  test('that waits too long for a lock fails with overloaded', async () => {
    const holder = await database.owner.connect();
    await holder.query('begin; update counters set n = n where id = 1');
    await expect(transaction(pool, {}, (tx) => bump(tx, 1))).rejects.toMatchObject({ code: 'overloaded' });
    await holder.query('rollback');
    holder.release();
  });

  test('that has ended refuses statements, since another request may use its connection', async () => {
    const left: Promise<unknown>[] = [];
    await expect(
      readOnly(pool, {}, async (db) => {
        const late = new Promise((resolve) => setTimeout(resolve, 50)).then(() => db.rows(sql`select 1`));
        late.catch(() => undefined);
        left.push(late);
        await db.rows(sql`select 1 / ${0}::integer`);
      }),
    ).rejects.toMatchObject({ code: '22012' });
    await expect(left[0]).rejects.toThrow('The transaction is over');
  });

  test('refuses a scope that is not a UUID', async () => {
    await expect(transaction(pool, { user_id: "x'; drop table users; --" }, () => Promise.resolve())).rejects.toThrow(
      'Not a UUID',
    );
  });
});

describe('a connection', () => {
  test('prepares a statement again if its first use failed before it was parsed', async () => {
    const single = poolOf(1);
    const fresh = (n: number) => sql`select ${n}::integer + 4711 as n`;
    await expect(
      transaction(single, {}, async (tx) => {
        const [failed] = await Promise.allSettled([tx.rows(sql`select 1 / ${0}::integer`), tx.rows(fresh(1))]);
        if (failed.status === 'rejected') throw failed.reason;
      }),
    ).rejects.toMatchObject({ code: '22012' });
    for (let n = 0; n < 3; n++) {
      expect(await readOnly(single, {}, (db) => db.one(fresh(n)))).toEqual({ n: n + 4711 });
    }
    await single.end();
  });

  test('that the database closed is replaced for the next request', async () => {
    await readOnly(pool, {}, (db) => db.one(sql`select 1 as one`));
    await database.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'baton' and datname = current_database()`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await readOnly(pool, {}, (db) => db.one(sql`select 1 as one`))).toEqual({ one: 1 });
  });

  test('that is lost during a query gives database_unavailable', async () => {
    // The expectation comes first: the loss may be known before the statement that causes it has returned.
    const lost = expect(readOnly(pool, {}, (db) => db.one(sql`select pg_sleep(5)`))).rejects.toMatchObject({
      code: 'database_unavailable',
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await database.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()`,
    );
    await lost;
  });

  test('that is lost between the commit and its response gives outcome_unknown', async () => {
    const proxy = await startProxy(database.url);
    const muffled = createPool({ ...common, url: proxy.url, max: 1, statement_timeout_ms: 5000 });
    const add = () =>
      transaction(muffled, {}, (tx) => {
        tx.send(sql`update counters set n = n + 1000 where id = 1`);
        return Promise.resolve();
      });
    await add();
    proxy.turn('muffled');
    await expect(add()).rejects.toMatchObject({ code: 'outcome_unknown', retry_after_s: 2 });
    const { rows } = await database.owner.query<{ n: number }>('select n from counters where id = 1');
    expect(rows[0]?.n).toBeGreaterThan(2000);
    proxy.turn('refusing');
    await expect(add()).rejects.toMatchObject({ code: 'database_unavailable' });
    await muffled.end();
    await proxy.close();
  });

  test('whose server hangs without closing it is destroyed', async () => {
    const proxy = await startProxy(database.url);
    const hung = createPool({ ...common, url: proxy.url, max: 1, statement_timeout_ms: 100 });
    const read = () => readOnly(hung, {}, (db) => db.one<{ one: number }>(sql`select 1 as one`));
    await read();
    await new Promise((resolve) => setTimeout(resolve, 2_300)); // idle for longer than a response may take
    proxy.turn('hanging');
    await expect(read()).rejects.toMatchObject({ code: 'database_unavailable' });
    proxy.turn('fair');
    expect(await read()).toEqual({ one: 1 });
    await hung.end();
    await proxy.close();
  });

  test('is kept while the statements of a batch return one by one, however long they take together', async () => {
    const patient = createPool({ ...common, url: database.url, max: 1, statement_timeout_ms: 500 });
    const sleeps = Array.from({ length: 7 }, () => sql`select pg_sleep(0.4)`);
    await readOnly(patient, {}, (db) => Promise.all(sleeps.map((sleep) => db.one(sleep))));
    await patient.end();
  });

  test('that can’t be acquired gives database_unavailable', async () => {
    const url = 'postgres://nobody:x@127.0.0.1:1/none';
    const nowhere = createPool({ ...common, url, max: 1, statement_timeout_ms: 1000 });
    await expect(readOnly(nowhere, {}, (db) => db.one(sql`select 1`))).rejects.toMatchObject({
      code: 'database_unavailable',
      retry_after_s: 2,
    });
    await nowhere.end();
  });
});

describe('a read', () => {
  test('sees one snapshot in everything that is issued at once, and can’t write', async () => {
    const [before, after] = await readOnly(pool, {}, (db) =>
      Promise.all([
        db.one<{ n: number }>(sql`select n, pg_sleep(0.2) from counters where id = 1`),
        db.one<{ n: number }>(sql`select n from counters where id = 1`),
        new Promise((resolve) => setTimeout(resolve, 100)).then(() =>
          database.owner.query('update counters set n = n + 1 where id = 1'),
        ),
      ]),
    );
    expect(before.n).toBe(after.n);
    await expect(readOnly(pool, {}, (db) => db.rows(sql`delete from counters`))).rejects.toMatchObject({
      code: '25006',
    });
  });

  test('of a list is planned once per connection', async () => {
    const one = poolOf(1);
    const page = async (id: number) =>
      readOnly(one, { list: true }, (db) => db.rows(sql`select n from counters where id > ${id} order by id limit 1`));
    await page(0);
    await page(1);
    const plans = await readOnly(one, {}, (db) =>
      db.rows(
        sql`select generic_plans::int, custom_plans::int from pg_prepared_statements where statement like 'select n from%'`,
      ),
    );
    await one.end();
    expect(plans).toEqual([{ generic_plans: 2, custom_plans: 0 }]);
  });

  test('that is issued later sees a later snapshot, and no effect of an earlier failure', async () => {
    const seen = await readOnly(pool, {}, async (db) => {
      const before = await db.one<{ n: number }>(sql`select n from counters where id = 1`);
      await db.rows(sql`select 1 / ${0}::integer`).catch(() => undefined);
      await database.owner.query('update counters set n = n + 1 where id = 1');
      const after = await db.one<{ n: number }>(sql`select n from counters where id = 1`);
      return after.n - before.n;
    });
    expect(seen).toBe(1);
  });
});
