import { z } from 'zod';
import { count } from './kinds.ts';

const mib = 1024 * 1024;
const max_count = 1_000_000_000;

/** Settings that keep one caller, workspace or network from hurting the others. */
export const limit_settings = {
  BATON_BODY_MEMORY_MIB: count(64, 8, 65_536),
  BATON_RESPONSE_MEMORY_MIB: count(64, 8, 65_536),
  BATON_MAX_WORKSPACES_PER_ACCOUNT: count(100, 1, max_count),
  BATON_NEW_WORKSPACES_PER_DAY: count(200, 1, max_count),
  BATON_MAX_MEMBERS_PER_WORKSPACE: count(10_000, 1, max_count),
  BATON_MAX_OPEN_INVITATIONS_PER_WORKSPACE: count(1_000, 1, max_count),
  BATON_MAX_TOKENS_PER_MEMBER: count(50, 1, max_count),
  BATON_MAX_WEBHOOKS_PER_WORKSPACE: count(20, 1, max_count),
  BATON_MAX_VIEWS_PER_MEMBER: count(100, 1, max_count),
  BATON_MAX_SHARED_VIEWS_PER_WORKSPACE: count(200, 1, max_count),
  BATON_MAX_PROJECTS_PER_WORKSPACE: count(1_000, 1, max_count),
  BATON_MAX_WORKFLOW_VERSIONS_PER_PROJECT: count(1_000, 1, max_count),
  BATON_MAX_TICKETS_PER_PROJECT: count(1_000_000, 1, max_count),
  BATON_MAX_ATTACHMENT_MIB: count(50, 1, 2_047),
  BATON_MAX_ATTACHMENTS_PER_TICKET: count(100, 1, 10_000),
  BATON_MAX_ATTACHMENT_MIB_PER_WORKSPACE: count(10_240, 1, max_count),
  BATON_UPLOAD_TIMEOUT_S: count(600, 1, 86_400),
  BATON_MAX_MIB_PER_WORKSPACE: count(10_240, 1, max_count),
  BATON_WRITE_MIB_PER_HOUR: count(512, 1, 1_000_000),
  BATON_READ_MIB_PER_MINUTE: count(240, 1, 1_000_000),
  BATON_REFUSAL_DELAY_MS: count(250, 0, 10_000),
  BATON_METRICS_TOKEN: z
    .string()
    .regex(
      /^[\w.~+/-]{16,200}=*$/,
      'must be 16 to 200 letters, digits or . _ ~ + / -, such as openssl rand -hex 24 gives.',
    )
    .optional(),
};

/** What one caller, workspace or network may use. */
export interface Limits {
  /** Bytes of request bodies, and of unread responses, that the process keeps at one time. */
  body_memory_bytes: number;
  response_memory_bytes: number;
  max_workspaces_per_account: number;
  /** Workspaces that an account may create in a day, including those it has deleted. */
  new_workspaces_per_day: number;
  max_members_per_workspace: number;
  max_open_invitations_per_workspace: number;
  max_tokens_per_member: number;
  max_webhooks_per_workspace: number;
  /** A member's own views in a workspace, shared or not. */
  max_views_per_member: number;
  max_shared_views_per_workspace: number;
  max_projects_per_workspace: number;
  max_workflow_versions_per_project: number;
  max_tickets_per_project: number;
  max_attachment_bytes: number;
  max_attachments_per_ticket: number;
  max_attachment_bytes_per_workspace: number;
  /** How long an attachment may take to arrive. */
  upload_timeout_ms: number;
  /** Bytes of all that a workspace has ever written. */
  max_bytes_per_workspace: number;
  /** Bytes of bodies that an account may send in an hour, to each process; a quarter of them at once. */
  write_bytes_per_hour: number;
  /** Bytes of responses over 64 KiB that an account may have in a minute, from each process; a sixteenth of them at once. */
  read_bytes_per_minute: number;
  /** How long a refusal of too many requests is delayed. */
  refusal_delay_ms: number;
  /** The token with which the metrics can be read; if undefined, nobody can read them. */
  metrics_token: string | undefined;
}

const parsed = z.object(limit_settings);

export function limitsOf(env: z.infer<typeof parsed>): Limits {
  return {
    body_memory_bytes: env.BATON_BODY_MEMORY_MIB * mib,
    response_memory_bytes: env.BATON_RESPONSE_MEMORY_MIB * mib,
    max_workspaces_per_account: env.BATON_MAX_WORKSPACES_PER_ACCOUNT,
    new_workspaces_per_day: env.BATON_NEW_WORKSPACES_PER_DAY,
    max_members_per_workspace: env.BATON_MAX_MEMBERS_PER_WORKSPACE,
    max_open_invitations_per_workspace: env.BATON_MAX_OPEN_INVITATIONS_PER_WORKSPACE,
    max_tokens_per_member: env.BATON_MAX_TOKENS_PER_MEMBER,
    max_webhooks_per_workspace: env.BATON_MAX_WEBHOOKS_PER_WORKSPACE,
    max_views_per_member: env.BATON_MAX_VIEWS_PER_MEMBER,
    max_shared_views_per_workspace: env.BATON_MAX_SHARED_VIEWS_PER_WORKSPACE,
    max_projects_per_workspace: env.BATON_MAX_PROJECTS_PER_WORKSPACE,
    max_workflow_versions_per_project: env.BATON_MAX_WORKFLOW_VERSIONS_PER_PROJECT,
    max_tickets_per_project: env.BATON_MAX_TICKETS_PER_PROJECT,
    max_attachment_bytes: env.BATON_MAX_ATTACHMENT_MIB * mib,
    max_attachments_per_ticket: env.BATON_MAX_ATTACHMENTS_PER_TICKET,
    max_attachment_bytes_per_workspace: env.BATON_MAX_ATTACHMENT_MIB_PER_WORKSPACE * mib,
    upload_timeout_ms: env.BATON_UPLOAD_TIMEOUT_S * 1000,
    max_bytes_per_workspace: env.BATON_MAX_MIB_PER_WORKSPACE * mib,
    write_bytes_per_hour: env.BATON_WRITE_MIB_PER_HOUR * mib,
    read_bytes_per_minute: env.BATON_READ_MIB_PER_MINUTE * mib,
    refusal_delay_ms: env.BATON_REFUSAL_DELAY_MS,
    metrics_token: env.BATON_METRICS_TOKEN,
  };
}
