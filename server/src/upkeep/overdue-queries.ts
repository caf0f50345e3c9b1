import { join, type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import type { Retention, upkeep } from './catalogue.ts';

interface Kept {
  table: Sql;
  /** When a row ended; the index for upkeep begins with it. */
  ended: Sql;
  /** How long it is kept after that. */
  kept_s: number;
  /** A further condition for its removal; by default none. */
  spent?: Sql;
}

/** What each task removes, in the terms of its index. */
const tables = (keep: Retention): Record<keyof typeof upkeep, Kept> => ({
  sessions: { table: sql`sessions`, ended: sql`least(r.revoked_at, r.expires_at)`, kept_s: keep.session_retention_s },
  password_resets: {
    table: sql`password_resets`,
    ended: sql`least(r.ended_at, r.expires_at)`,
    kept_s: keep.password_reset_retention_s,
  },
  failed_attempts: { table: sql`failed_attempts`, ended: sql`r.hour`, kept_s: keep.failed_attempt_retention_s },
  invitations: {
    table: sql`invitations`,
    ended: sql`least(r.revoked_at, r.expires_at)`,
    kept_s: keep.invitation_retention_s,
    spent: sql`r.accepted_at is null`,
  },
  outcomes: { table: sql`outcomes`, ended: sql`r.created_at`, kept_s: keep.idempotency_key_retention_s },
  api_tokens: { table: sql`api_tokens`, ended: sql`least(r.revoked_at, r.expires_at)`, kept_s: keep.token_retention_s },
  deliveries: { table: sql`deliveries`, ended: sql`r.finished_at`, kept_s: keep.delivery_retention_s },
  webhooks: { table: sql`webhooks`, ended: sql`r.deleted_at`, kept_s: keep.delivery_retention_s },
  views: { table: sql`views`, ended: sql`r.deleted_at`, kept_s: keep.view_retention_s },
  notifications: { table: sql`notifications`, ended: sql`r.created_at`, kept_s: keep.notification_retention_s },
  given_up_mails: { table: sql`given_up_mails`, ended: sql`r.given_up_at`, kept_s: keep.mail_retention_s },
  set_aside: { table: sql`set_aside`, ended: sql`r.failed_at`, kept_s: 3_600 },
  rate_limits: { table: sql`rate_limits`, ended: sql`r.resets_at`, kept_s: 60 },
});

/** How many rows a task has to remove, up to a bound, and for how many seconds the oldest of them has been due. */
export interface Overdue {
  task: string;
  count: number;
  oldest_s: number | null;
}

/** Counts the rows to remove by task, up to a bound. Run it as the worker, which sees no other rows of these tables. */
export function overdueRows(db: Db, keep: Retention, most_counted: number): Promise<Overdue[]> {
  const counts = Object.entries(tables(keep)).map(
    ([task, { table, ended, kept_s, spent = sql`true` }]) => sql`
    (select ${task}::text as task, count(*)::integer as count, extract(epoch from now() - min(o.ended))::float - ${kept_s} as oldest_s
      from (select ${ended} as ended from ${table} r where ${spent} and ${ended} < now() - ${kept_s} * interval '1 second'
        order by 1 limit ${most_counted}) o)`,
  );
  return db.rows(join(counts, sql` union all `));
}
