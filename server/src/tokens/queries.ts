import { ofToken } from '../access/authorize.ts';
import { blank, type Columns, inserted, selected, without } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { ends, type Found } from '../db/walk.ts';
import type { TokenScope } from '../http/contract.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { ApiTokenRow } from './contract.ts';
import type { ReadApiToken } from './token.ts';

/** The columns of a token that are returned. */
const token_columns = {
  id: sql`id`,
  name: sql`name`,
  user_id: sql`user_id`,
  created_by: sql`created_by`,
  scopes: sql`scopes`,
  created_at: sql`created_at`,
  expires_at: sql`expires_at`,
  last_used_at: sql`last_used_at`,
} satisfies Columns<keyof ApiTokenRow>;

const columns = selected(token_columns, sql`k`);
const stopped_at = blank(token_columns, { id: sql`k.id`, created_at: sql`k.created_at` });

/** The tokens that a member may see: those that `created_by` created, or everybody's if it is undefined. */
export interface Sight {
  workspace_id: string;
  created_by: string | undefined;
}

/** Selects tokens that have not ended. A disabled account's tokens have not ended, although they are refused. */
function standing({ workspace_id, created_by }: Sight): Sql {
  const own = created_by === undefined ? sql`` : sql` and k.created_by = ${created_by}`;
  return sql`from api_tokens k
    join memberships b on b.workspace_id = ${workspace_id} and b.user_id = k.created_by
      and b.removed_at is null and b.joined = k.joined
    join memberships a on a.workspace_id = ${workspace_id} and a.user_id = k.user_id and a.removed_at is null
    where k.workspace_id = ${workspace_id}${own} and k.revoked_at is null and k.expires_at > now()`;
}

/** Returns a page of tokens, latest first. Many may have ended: a row with `stopped` marks where the search stopped. */
export function tokensOf(db: Db, { workspace_id, created_by }: Sight, part: KeysetPart): Promise<Found<ApiTokenRow>[]> {
  // Written like the conditions of the two indexes. The index by creator includes revoked tokens.
  const those = created_by === undefined ? sql`k.revoked_at is null` : sql`k.created_by = ${created_by}`;
  const walked = (end: Sql) => sql`(
    select * from api_tokens k where k.workspace_id = ${workspace_id} and ${those} and ${part.after}
    order by k.created_at desc, k.id desc ${end}) k`;
  return db.rows(sql`
    (select ${columns}, false as stopped from ${walked(ends.walked)}
     cross join lateral (
       select 1 from memberships b where b.workspace_id = ${workspace_id} and b.user_id = k.created_by
         and b.removed_at is null and b.joined = k.joined limit 1) b
     cross join lateral (
       select 1 from memberships a where a.workspace_id = ${workspace_id} and a.user_id = k.user_id
         and a.removed_at is null limit 1) a
     where k.revoked_at is null and k.expires_at > now() ${part.order_and_limit})
    union all
    (select ${stopped_at}, true from ${walked(ends.stop)})`);
}

export function tokenById(db: Db, sight: Sight, id: string): Promise<ApiTokenRow | undefined> {
  return db.maybeOne(sql`select ${columns} ${standing(sight)} and k.id = ${id}`);
}

/** Selects a row for each token that a member has created and that has not ended. */
export function tokensBy(workspace_id: string, created_by: string): Sql {
  return sql`select 1 ${standing({ workspace_id, created_by })}`;
}

/** Returns the number of the user's current membership; undefined if they are not a member. */
export async function presentMembership(db: Db, workspace_id: string, user_id: string): Promise<number | undefined> {
  const membership = await db.maybeOne<{ joined: number }>(sql`
    select m.joined from memberships m
    where m.workspace_id = ${workspace_id} and m.user_id = ${user_id} and m.removed_at is null`);
  return membership?.joined;
}

const created_columns = {
  ...without(token_columns, 'created_at', 'last_used_at'),
  workspace_id: sql`workspace_id`,
  joined: sql`joined`,
  token_hash: sql`token_hash`,
};

export interface NewApiTokenRow extends Omit<ApiTokenRow, 'created_at' | 'expires_at' | 'last_used_at'> {
  workspace_id: string;
  joined: number;
  token_hash: Buffer;
  ttl_days: number;
}

export function insertToken(tx: Tx, { ttl_days, ...row }: NewApiTokenRow): Promise<ApiTokenRow> {
  const expires_at = sql`now() + ${ttl_days} * interval '1 day'`;
  return tx.one(sql`
    insert into api_tokens as k ${inserted(created_columns, { ...row, expires_at })} returning ${columns}`);
}

/** Revokes a token. After the commit the transaction waits for writes that still rely on the token. */
export async function markRevoked(tx: Tx, { workspace_id, created_by }: Sight, id: string) {
  const own = created_by === undefined ? sql`` : sql` and k.created_by = ${created_by}`;
  const revoked = await tx.maybeOne<ApiTokenRow>(sql`
    update api_tokens as k set revoked_at = now()
    where k.workspace_id = ${workspace_id} and k.id = ${id}${own} and k.revoked_at is null and k.expires_at > now()
    returning ${columns}`);
  if (revoked === undefined) return undefined;
  tx.settle(sql`select 1 from api_tokens k where k.workspace_id = ${workspace_id} and k.id = ${id} for update of k`);
  return revoked;
}

/** Revokes all tokens that a user has created in a workspace, including those of their earlier memberships. */
export async function markAllRevoked(
  tx: Tx,
  { workspace_id, created_by }: { workspace_id: string; created_by: string },
): Promise<ApiTokenRow[]> {
  const revoked = await tx.rows<ApiTokenRow>(sql`
    update api_tokens as k set revoked_at = now()
    where k.workspace_id = ${workspace_id} and k.created_by = ${created_by} and k.revoked_at is null and k.expires_at > now()
    returning ${columns}`);
  if (revoked.length > 0) {
    const ids = revoked.map(({ id }) => id);
    tx.settle(sql`
      select 1 from api_tokens k where k.workspace_id = ${workspace_id} and k.id = any (${ids}::uuid[])
      order by k.id for update of k`);
  }
  return revoked;
}

/** Returns the data of a live token. `stale` means that its last noted use was more than five minutes ago, or never. */
export function tokenByHash(db: Db, token: ReadApiToken) {
  return db.maybeOne<{ user_id: string; created_by: string; scopes: TokenScope[]; stale: boolean }>(sql`
    select k.user_id, k.created_by, k.scopes,
      coalesce(k.last_used_at < now() - interval '5 minutes', true) as stale
    ${ofToken(token)} and k.token_hash = ${token.hash}`);
}

/** Notes a use of a token. It skips a locked row, because another process is noting a use then. */
export function noteUse(tx: Tx, { workspace_id, id }: Pick<ReadApiToken, 'workspace_id' | 'id'>): void {
  tx.send(sql`
    update api_tokens set last_used_at = now()
    where workspace_id = ${workspace_id} and id in (
      select k.id from api_tokens k
      where k.workspace_id = ${workspace_id} and k.id = ${id}
        and coalesce(k.last_used_at < now() - interval '5 minutes', true)
      for no key update skip locked)`);
}
