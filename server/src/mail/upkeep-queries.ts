import { type Sql, sql } from '../db/sql.ts';

/**
 * Removes mails that were given up that long ago. See accounts/upkeep-queries.ts for why the statement has this form.
 */
export function removeGivenUpMails(given_up_for_s: number, limit: number): Sql {
  return sql`
    with due as (
      select g.id from given_up_mails g
      where g.given_up_at < now() - ${given_up_for_s} * interval '1 second'
      order by g.given_up_at limit ${limit} for update of g skip locked)
    delete from given_up_mails g using due where g.id = due.id returning 1`;
}
