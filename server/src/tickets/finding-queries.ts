import { sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';
import { fromProject } from '../projects/queries.ts';
import type { TicketRow } from './queries.ts';
import { max_words, wordsOf, wordsOfTitle } from './words.ts';

// The rows that a ticket is found by: its words and its labels.

/** Inserts the words that a ticket is found by. */
export function insertWords(tx: Tx, { workspace_id, id }: TicketRow, words: string[]): void {
  if (words.length === 0) return;
  tx.send(sql`
    insert into ticket_words (workspace_id, word, ticket_id)
    select ${workspace_id}::uuid, unnest(${words}::text[]), ${id}::uuid
    on conflict do nothing`);
}

/**
 * Inserts the words of `wordsOf` for a ticket whose number, and so its key, only the database knows yet: the last one of the
 * project. A key has ASCII letters only, and the database's own locale may write a small I without a dot.
 */
export function insertWordsAndKey(tx: Tx, { workspace_id, project_id, id, title }: TicketRow): void {
  tx.send(sql`
    insert into ticket_words (workspace_id, word, ticket_id)
    select ${workspace_id}::uuid, unnest((array[k.key] || array_remove(${wordsOfTitle(title)}::text[], k.key))[1:${max_words}]),
      ${id}::uuid
    from (
      select lower((p.key || '-' || p.last_number) collate "C") as key ${fromProject(workspace_id, project_id)}) k
    on conflict do nothing`);
}

/** Replaces the words of a ticket that has changed. */
export function replaceWords(tx: Tx, before: TicketRow, after: TicketRow): void {
  const [was, is] = [new Set(wordsOf(before)), new Set(wordsOf(after))];
  const gone = [...was.difference(is)];
  if (gone.length > 0) {
    tx.send(sql`
      delete from ticket_words
      where workspace_id = ${after.workspace_id} and ticket_id = ${after.id} and word = any (${gone}::text[])`);
  }
  insertWords(tx, after, [...is.difference(was)]);
}

/** Inserts a ticket's labels where lists find them. Existing rows stay. */
export function insertLabels(tx: Tx, { workspace_id, id, created_at, labels }: TicketRow): void {
  tx.send(sql`
    insert into ticket_labels (workspace_id, ticket_id, label, created_at)
    select ${workspace_id}::uuid, ${id}::uuid, unnest(${labels}::text[]), ${created_at}::timestamptz
    on conflict do nothing`);
}

/** Replaces the labels of a ticket that has changed. */
export function replaceLabels(tx: Tx, ticket: TicketRow): void {
  tx.send(sql`
    delete from ticket_labels
    where workspace_id = ${ticket.workspace_id} and ticket_id = ${ticket.id} and label <> all (${ticket.labels}::text[])`);
  if (ticket.labels.length > 0) insertLabels(tx, ticket);
}
