import { z } from 'zod';
import { choice, count, seconds } from './kinds.ts';

const day_s = 86_400;
const year_s = 366 * day_s;

/** Settings of the worker, and of how long it keeps what it removes. */
export const worker_settings = {
  BATON_WORKER: choice(['on', 'off']).default('on'),
  BATON_WORKER_POOL_SIZE: count(4, 1, 100),
  BATON_WORK_PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a whole number from 0 to 65535.')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be a whole number from 0 to 65535.')
    .optional(),
  BATON_UPKEEP_INTERVAL_S: count(60, 1, day_s),
  // No minimum is shorter than app_upkeep allows (server/migrations/0008_worker.sql).
  BATON_SESSION_RETENTION_S: count(7 * day_s, 900, 10 * year_s),
  BATON_PASSWORD_RESET_RETENTION_S: count(7 * day_s, 0, 10 * year_s),
  BATON_FAILED_ATTEMPT_RETENTION_S: count(90 * day_s, day_s, 10 * year_s),
  BATON_INVITATION_RETENTION_S: count(30 * day_s, 0, 10 * year_s),
  BATON_IDEMPOTENCY_KEY_RETENTION_S: count(day_s, day_s, 10 * year_s),
  BATON_TOKEN_RETENTION_S: count(90 * day_s, 0, 10 * year_s),
  BATON_DELIVERY_RETENTION_S: count(30 * day_s, 3_600, 10 * year_s),
  BATON_VIEW_RETENTION_S: count(30 * day_s, 3_600, 10 * year_s),
  BATON_NOTIFICATION_RETENTION_S: count(90 * day_s, day_s, 10 * year_s),
  BATON_NOTIFICATION_MAIL_DELAY_S: count(120, 0, day_s),
  BATON_MAIL_RETENTION_S: count(7 * day_s, 3_600, 10 * year_s),
  BATON_WEBHOOK_PRIVATE: choice(['on', 'off']).default('off'),
  BATON_WEBHOOK_TIMEOUT_MS: count(10_000, 100, 60_000),
  BATON_WEBHOOK_RETRIES_S: seconds('5,60,300,1800,7200,18000,36000,50400,72000,86400'),
  BATON_WEBHOOK_PAUSE_AFTER_S: count(3 * day_s, 0, 30 * day_s),
};

export interface WorkerSettings {
  /** Whether `serve` runs the worker in its processes. */
  worker: boolean;
  worker_pool_size: number;
  /** The port on which `work` responds to probes; undefined for none. */
  work_port: number | undefined;
  /** How long upkeep pauses when nothing is left to remove. */
  upkeep_interval_s: number;
  /** How long an ended session is kept, with its refresh tokens. */
  session_retention_s: number;
  /** How long a one-time token is kept after it was used, replaced or has expired. */
  password_reset_retention_s: number;
  /** How long the count of an hour's failed attempts is kept. */
  failed_attempt_retention_s: number;
  /** How long an invitation is kept after it was revoked or has expired. */
  invitation_retention_s: number;
  /** How long the result of a write under an Idempotency-Key is kept. For this long a retry is safe. */
  idempotency_key_retention_s: number;
  /** How long an API token is kept after it was revoked or has expired. */
  token_retention_s: number;
  /** How long an ended delivery and a deleted webhook are kept. */
  delivery_retention_s: number;
  /** How long a deleted view can be restored. */
  view_retention_s: number;
  /** How long a notification is kept, read or not. */
  notification_retention_s: number;
  /** How long a notification waits to be read before it is mailed. */
  notification_mail_delay_s: number;
  /** How long a mail that was given up is kept. */
  mail_retention_s: number;
  /** Whether webhooks may have private addresses, and use http. */
  webhook_private: boolean;
  /** How long an attempt may take. */
  webhook_timeout_ms: number;
  /** How long to wait after each failed attempt; after the last, a delivery is given up. */
  webhook_retries_s: readonly number[];
  /** How long every attempt must have failed before a webhook is paused. */
  webhook_pause_after_s: number;
}

const parsed = z.object(worker_settings);

export function workerSettingsOf(env: z.infer<typeof parsed>): WorkerSettings {
  return {
    worker: env.BATON_WORKER === 'on',
    worker_pool_size: env.BATON_WORKER_POOL_SIZE,
    work_port: env.BATON_WORK_PORT,
    upkeep_interval_s: env.BATON_UPKEEP_INTERVAL_S,
    session_retention_s: env.BATON_SESSION_RETENTION_S,
    password_reset_retention_s: env.BATON_PASSWORD_RESET_RETENTION_S,
    failed_attempt_retention_s: env.BATON_FAILED_ATTEMPT_RETENTION_S,
    invitation_retention_s: env.BATON_INVITATION_RETENTION_S,
    idempotency_key_retention_s: env.BATON_IDEMPOTENCY_KEY_RETENTION_S,
    token_retention_s: env.BATON_TOKEN_RETENTION_S,
    delivery_retention_s: env.BATON_DELIVERY_RETENTION_S,
    view_retention_s: env.BATON_VIEW_RETENTION_S,
    notification_retention_s: env.BATON_NOTIFICATION_RETENTION_S,
    notification_mail_delay_s: env.BATON_NOTIFICATION_MAIL_DELAY_S,
    mail_retention_s: env.BATON_MAIL_RETENTION_S,
    webhook_private: env.BATON_WEBHOOK_PRIVATE === 'on',
    webhook_timeout_ms: env.BATON_WEBHOOK_TIMEOUT_MS,
    webhook_retries_s: env.BATON_WEBHOOK_RETRIES_S,
    webhook_pause_after_s: env.BATON_WEBHOOK_PAUSE_AFTER_S,
  };
}
