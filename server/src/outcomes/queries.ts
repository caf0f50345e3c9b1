import { type Columns, inserted, insertedFrom, type Learnt, selected } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';

/** A key, its owner, and the method and path that it was sent with (`target`). */
export interface Asked {
  user_id: string;
  key_hash: Buffer;
  target: string;
}

/** A key and its owner. */
export type KeyOf = Pick<Asked, 'user_id' | 'key_hash'>;

/** The response to a write that was done. */
export interface Done {
  status: number;
  headers: Record<string, string>;
  body: Buffer | null;
}

/** A row as a request with its key reads it. */
export interface Found extends Done {
  /** Encrypted; null once it is forgotten. */
  arguments_hash: Buffer | null;
  workspace_id: string | null;
  /** Fields of the body that replace those of its JSON. */
  learnt: Record<string, unknown> | null;
  forgotten: boolean;
}

/** A row as it is stored. */
export interface Kept extends Asked, Done {
  arguments_hash: Buffer;
  workspace_id: string | null;
  ticket_id: string | null;
  learnt: Learnt | undefined;
  forgotten: boolean;
}

const key = {
  user_id: sql`user_id`,
  key_hash: sql`key_hash`,
  target: sql`target`,
} satisfies Columns<keyof Asked>;

const kept = {
  ...key,
  arguments_hash: sql`arguments_hash`,
  workspace_id: sql`workspace_id`,
  ticket_id: sql`ticket_id`,
  status: sql`status`,
  headers: sql`headers`,
  body: sql`body`,
  learnt: sql`learnt`,
  forgotten: sql`forgotten`,
} satisfies Columns<keyof Kept>;

const found = {
  arguments_hash: sql`arguments_hash`,
  workspace_id: sql`workspace_id`,
  status: sql`status`,
  headers: sql`headers`,
  body: sql`body`,
  learnt: sql`learnt`,
  forgotten: sql`forgotten`,
} satisfies Columns<keyof Found>;

/** The target of the row that stands for a key itself, with any target. Taking the key locks this row. */
const any_target = '';

/**
 * Takes a key for this transaction. If another one has taken it, this waits for that one: the statement that waited
 * "updates" the conflicting row.
 */
function take(tx: Tx, { user_id, key_hash }: KeyOf): Promise<unknown> {
  const row: Asked = { user_id, key_hash, target: any_target };
  return tx.rows(sql`
    insert into outcomes as o ${inserted(key, row)}
    on conflict (user_id, key_hash, target) do update set target = excluded.target`);
}

/** Reads what was done with a key. */
export function recall(db: Db, { user_id, key_hash, target }: Asked): Promise<Found | undefined> {
  return db.maybeOne(sql`
    select ${selected(found, sql`o`)} from outcomes o
    where o.user_id = ${user_id} and o.key_hash = ${key_hash} and o.target = ${target}`);
}

/**
 * Takes a key for this transaction, and reads what was done with it in a second statement, which sees what was
 * committed while the first one waited. The row that it reads isn't locked, because a purge of the ticket's texts needs
 * it, and has locked the ticket, for which a repeated write waits.
 */
export async function claim(tx: Tx, asked: Asked): Promise<Found | undefined> {
  const [, done] = await Promise.all([take(tx, asked), recall(tx, asked)]);
  return done;
}

/** Waits for the writes in progress with a key. No other begins before this transaction ends. */
export async function waitForWrites(tx: Tx, { user_id, key_hash }: KeyOf): Promise<void> {
  await take(tx, { user_id, key_hash });
  // The key was taken only to wait, so its row is removed if nothing was done with it.
  tx.send(sql`
    delete from outcomes o where o.user_id = ${user_id} and o.key_hash = ${key_hash}
      and not exists (select 1 from outcomes d
        where d.user_id = ${user_id} and d.key_hash = ${key_hash} and d.target <> ${any_target})`);
}

/** Stores what was done with a key that this transaction has taken. */
export function keep(tx: Tx, { learnt, ...row }: Kept): void {
  const values =
    learnt === undefined
      ? inserted(kept, { ...row, learnt: null })
      : insertedFrom(kept, { ...row, learnt: learnt.fields }, learnt.from);
  tx.send(sql`insert into outcomes ${values}`);
}

/** How many responses one statement forgets, so that none exceeds the limit on its time. */
const forgotten_at_once = 2_000;

/**
 * Forgets all responses that may contain texts of a ticket, and the hashes from which such a text could be guessed.
 * What was done with their keys stays known. It forgets those to all changes of several tickets, too, since it isn't
 * known which tickets they contain.
 */
export async function forgetResponses(tx: Tx, workspace_id: string, ticket_id: string): Promise<void> {
  let forgotten: number;
  do {
    ({ forgotten } = await tx.one<{ forgotten: number }>(sql`
      with chosen as (
        select user_id, key_hash, target from outcomes
        where workspace_id = ${workspace_id} and ticket_id in (${ticket_id}, ${workspace_id}) and body is not null
        limit ${forgotten_at_once}),
      done as (
        update outcomes o set body = null, arguments_hash = null, headers = o.headers - 'ETag', forgotten = true
        from chosen c where o.user_id = c.user_id and o.key_hash = c.key_hash and o.target = c.target
        returning 1)
      select count(*)::int as forgotten from done`));
  } while (forgotten === forgotten_at_once);
}

/** A write that was done with a key, of any target. */
export interface OutcomeRow {
  target: string;
  status: number;
  headers: Record<string, string>;
  created_at: string;
}

const listed = {
  target: sql`target`,
  status: sql`status`,
  headers: sql`headers`,
  created_at: sql`created_at`,
} satisfies Columns<keyof OutcomeRow>;

export function outcomesOf(db: Db, { user_id, key_hash }: KeyOf, part: KeysetPart): Promise<OutcomeRow[]> {
  return db.rows(sql`
    select ${selected(listed, sql`o`)} from outcomes o
    where o.user_id = ${user_id} and o.key_hash = ${key_hash} and o.target <> ${any_target}
      and ${part.after}
    ${part.order_and_limit}`);
}
