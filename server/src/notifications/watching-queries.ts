import { type Columns, inserted } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { Watcher, Watching } from './contract.ts';
import type { Owner } from './queries.ts';

/** How many members may watch a ticket, besides reporter and assignee. The worker's limit is in 0027_fair_turns.sql. */
export const max_watchers = 200;

interface Watch {
  choice: Watching['choice'];
  /** Why the member watches, or would watch if the ticket were not muted. */
  reasons: Watching['reasons'];
}

/** Returns a member's choice for a ticket, and the reasons why they watch it. */
export function watchOf(db: Db, { workspace_id, user_id }: Owner, ticket_id: string): Promise<Watch> {
  return db.one(sql`
    select coalesce(w.choice, 'automatic') as choice, array_remove(array[
      case when t.reporter_id = ${user_id} then 'reporter' end, case when t.assignee_id = ${user_id} then 'assignee' end,
      w.reason, case when w.choice = 'watching' then 'by_choice' end], null) as reasons
    from tickets t
    left join watchers w on w.workspace_id = ${workspace_id} and w.ticket_id = t.id and w.user_id = ${user_id}
    where t.workspace_id = ${workspace_id} and t.id = ${ticket_id}`);
}

interface Choice {
  ticket_id: string;
  choice: Watching['choice'];
}

const choice_columns = {
  workspace_id: sql`workspace_id`,
  ticket_id: sql`ticket_id`,
  user_id: sql`user_id`,
  choice: sql`choice`,
} satisfies Columns<keyof Owner | keyof Choice>;

/** Stores a member's choice. Only the member changes the `choice` of their row. */
export function choose(tx: Tx, { workspace_id, user_id }: Owner, { ticket_id, choice }: Choice): void {
  if (choice === 'automatic') {
    tx.send(sql`
      delete from watchers
      where workspace_id = ${workspace_id} and ticket_id = ${ticket_id} and user_id = ${user_id} and reason is null`);
    tx.send(sql`
      update watchers set choice = 'automatic'
      where workspace_id = ${workspace_id} and ticket_id = ${ticket_id} and user_id = ${user_id} and reason is not null`);
    return;
  }
  tx.send(sql`
    insert into watchers ${inserted(choice_columns, { workspace_id, ticket_id, user_id, choice })}
    on conflict (workspace_id, ticket_id, user_id) do update set choice = excluded.choice`);
}

/** Selects a row for each other member who watches the ticket. */
export const watchersBeside = ({ workspace_id, user_id }: Owner, ticket_id: string) => sql`
  select 1 from watchers w
  join memberships m on m.workspace_id = ${workspace_id} and m.user_id = w.user_id and m.removed_at is null
  where w.workspace_id = ${workspace_id} and w.ticket_id = ${ticket_id} and w.user_id <> ${user_id}
    and w.choice <> 'muted'`;

/** Returns the members who watch a ticket, in the order of their ids. */
export function watchersOf(db: Db, workspace_id: string, ticket_id: string, part: KeysetPart): Promise<Watcher[]> {
  return db.rows(sql`
    select m.user_id, array_remove(array[
      case when t.reporter_id = m.user_id then 'reporter' end, case when t.assignee_id = m.user_id then 'assignee' end,
      w.reason, case when w.choice = 'watching' then 'by_choice' end], null) as reasons
    from (
      select t.reporter_id as user_id from tickets t where t.workspace_id = ${workspace_id} and t.id = ${ticket_id}
      union
      select t.assignee_id from tickets t where t.workspace_id = ${workspace_id} and t.id = ${ticket_id}
      union
      select w.user_id from watchers w where w.workspace_id = ${workspace_id} and w.ticket_id = ${ticket_id}) x
    join memberships m on m.workspace_id = ${workspace_id} and m.user_id = x.user_id and m.removed_at is null
    join tickets t on t.workspace_id = ${workspace_id} and t.id = ${ticket_id}
    left join watchers w on w.workspace_id = ${workspace_id} and w.ticket_id = ${ticket_id} and w.user_id = m.user_id
    where w.choice is distinct from 'muted' and ${part.after} ${part.order_and_limit}`);
}
