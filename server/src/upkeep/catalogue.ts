import {
  removeEndedPasswordResets,
  removeEndedSessions,
  removeFailedAttempts,
  removeTokensOfEndedSessions,
} from '../accounts/upkeep-queries.ts';
import type { Config } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import { removeEndedCounters } from '../http/rate-limit-queries.ts';
import { removeGivenUpMails } from '../mail/upkeep-queries.ts';
import { removeOldNotifications } from '../notifications/upkeep-queries.ts';
import { removeOldOutcomes } from '../outcomes/upkeep-queries.ts';
import { removeEndedTokens } from '../tokens/upkeep-queries.ts';
import { removeDeletedViews } from '../views/upkeep-queries.ts';
import {
  removeDeletedWebhooks,
  removeDroppedDeliveries,
  removeFinishedDeliveries,
} from '../webhooks/upkeep-queries.ts';
import { removeForgotten } from '../work/set-aside-queries.ts';
import { removeLapsedInvitations } from '../workspaces/upkeep-queries.ts';

/** How long rows are kept after they have ended. */
export type Retention = Pick<
  Config,
  | 'session_retention_s'
  | 'password_reset_retention_s'
  | 'failed_attempt_retention_s'
  | 'invitation_retention_s'
  | 'idempotency_key_retention_s'
  | 'token_retention_s'
  | 'delivery_retention_s'
  | 'view_retention_s'
  | 'notification_retention_s'
  | 'mail_retention_s'
>;

/** The statements of one step, in order. Each removes no more rows than the limit, and returns one row for each. */
type Step = (keep: Retention, limit: number) => Sql[];

/**
 * The tasks of upkeep and what each removes. Besides its line and its statement, a task needs `select app_upkeep(…)` in
 * a migration, which lets the worker's role see and delete only such rows, and an index in the order in which the
 * statement reads.
 */
export const upkeep = {
  sessions: ({ session_retention_s: keep_s }, limit) => [
    removeTokensOfEndedSessions(keep_s, limit),
    removeEndedSessions(keep_s, limit),
  ],
  password_resets: (keep, limit) => [removeEndedPasswordResets(keep.password_reset_retention_s, limit)],
  failed_attempts: (keep, limit) => [removeFailedAttempts(keep.failed_attempt_retention_s, limit)],
  invitations: (keep, limit) => [removeLapsedInvitations(keep.invitation_retention_s, limit)],
  outcomes: (keep, limit) => [removeOldOutcomes(keep.idempotency_key_retention_s, limit)],
  api_tokens: (keep, limit) => [removeEndedTokens(keep.token_retention_s, limit)],
  deliveries: (keep, limit) => [
    removeFinishedDeliveries(keep.delivery_retention_s, limit),
    removeDroppedDeliveries(limit),
  ],
  webhooks: (keep, limit) => [removeDeletedWebhooks(keep.delivery_retention_s, limit)],
  views: (keep, limit) => [removeDeletedViews(keep.view_retention_s, limit)],
  notifications: (keep, limit) => [removeOldNotifications(keep.notification_retention_s, limit)],
  given_up_mails: (keep, limit) => [removeGivenUpMails(keep.mail_retention_s, limit)],
  set_aside: (_keep, limit) => [removeForgotten(limit)],
  rate_limits: (_keep, limit) => [removeEndedCounters(limit)],
} satisfies Record<string, Step>;
