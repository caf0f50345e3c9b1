import { type Columns, inserted, selected } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import { from_tickets, isTicket } from '../tickets/queries.ts';
import type { Comment, Reaction } from './contract.ts';

/** The user who reads, whose own reactions are marked, and the workspace. */
export interface Reader {
  workspace_id: string;
  user_id: string;
}

/** The comment that a reaction belongs to. */
type Place = Pick<Comment, 'ticket_id' | 'id'>;

/**
 * The reactions to the comment `c`, as a column. They are counted on reading: the primary key has those of a comment together, in
 * the order of the emoji. The limit is `max_emoji`, written as a literal so that the planner knows that there is little to sort.
 */
export const reactionsOf = ({ workspace_id, user_id }: Reader): Sql => sql`(
  select coalesce(json_agg(json_build_object('emoji', e.emoji, 'count', e.count, 'reacted', e.reacted) order by e.first_at), '[]')
  from (
    select r.emoji, count(*)::integer as count, bool_or(r.user_id = ${user_id}) as reacted, min(r.first_at) as first_at
    from comment_reactions r
    where r.workspace_id = ${workspace_id} and r.ticket_id = c.ticket_id and r.comment_id = c.id
    group by r.emoji limit 20) e) as reactions`;

/** The reactions to a comment that is about to change, and the time of the change. */
export interface ReactionState {
  reactions: Comment['reactions'];
  /** A time later than the last reaction's, and than the time at which the comment was locked. */
  at: string;
}

/**
 * Returns the reactions to a comment that an earlier statement has locked. They need a statement of their own, because the one that
 * waits for the lock sees the data from before the wait. For the same reason `at` is at least the time of this statement: the
 * entries of a reaction that is added, removed and added again keep that order, although the removed one leaves no row.
 */
export function reactionState(
  tx: Tx,
  reader: Reader,
  at: { ticket: string; comment_id: string },
): Promise<ReactionState | undefined> {
  const { workspace_id } = reader;
  return tx.maybeOne(sql`
    select ${reactionsOf(reader)}, greatest(statement_timestamp(), (
      select max(l.created_at) + interval '1 microsecond' from comment_reactions l
      where l.workspace_id = ${workspace_id} and l.ticket_id = c.ticket_id and l.comment_id = c.id)) as at
    ${from_tickets}
    join comments c on c.workspace_id = ${workspace_id} and c.ticket_id = t.id and c.id = ${at.comment_id}
    where ${isTicket(workspace_id, at.ticket)}`);
}

/** The columns of a reaction that are shown. */
const reaction_columns = {
  emoji: sql`emoji`,
  user_id: sql`user_id`,
  created_at: sql`created_at`,
} satisfies Columns<keyof Reaction>;

const stored_columns = {
  workspace_id: sql`workspace_id`,
  ticket_id: sql`ticket_id`,
  comment_id: sql`comment_id`,
  ...reaction_columns,
  first_at: sql`first_at`,
};

/** Inserts a reaction to a comment that the transaction has locked. */
export function insertReaction(
  tx: Tx,
  { workspace_id, user_id }: Reader,
  { ticket_id, id }: Place,
  { emoji, at }: { emoji: string; at: string },
): void {
  const first_at = sql`coalesce((
    select r.first_at from comment_reactions r
    where r.workspace_id = ${workspace_id} and r.ticket_id = ${ticket_id} and r.comment_id = ${id} and r.emoji = ${emoji}
    limit 1), ${at}::timestamptz)`;
  const row = { workspace_id, ticket_id, comment_id: id, emoji, user_id, created_at: at, first_at };
  tx.send(sql`insert into comment_reactions ${inserted(stored_columns, row)}`);
}

export function deleteReaction(
  tx: Tx,
  { workspace_id, user_id }: Reader,
  { ticket_id, id }: Place,
  emoji: string,
): void {
  tx.send(sql`
    delete from comment_reactions
    where workspace_id = ${workspace_id} and ticket_id = ${ticket_id} and comment_id = ${id} and emoji = ${emoji} and user_id = ${user_id}`);
}

/** Deletes all reactions to a comment that is being deleted. */
export function deleteReactions(tx: Tx, workspace_id: string, { ticket_id, id }: Place): void {
  tx.send(sql`
    delete from comment_reactions where workspace_id = ${workspace_id} and ticket_id = ${ticket_id} and comment_id = ${id}`);
}

/** Returns a page of the reactions to a comment, including those of former members. */
export function reactionList(
  db: Db,
  workspace_id: string,
  { ticket_id, id }: Place,
  part: KeysetPart,
): Promise<Reaction[]> {
  return db.rows(sql`
    select ${selected(reaction_columns, sql`r`)}
    from comment_reactions r
    where r.workspace_id = ${workspace_id} and r.ticket_id = ${ticket_id} and r.comment_id = ${id} and ${part.after}
    ${part.order_and_limit}`);
}
