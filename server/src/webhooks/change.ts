import { personOf, requireUndeleted } from '../access/authorize.ts';
import { recordAudit } from '../audit/record.ts';
import type { Config } from '../config.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Response } from '../http/contract.ts';
import { requireCurrent, requireMatch } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import type { delete_webhook, ping_webhook, rotate_webhook_secret, update_webhook, Webhook } from './contract.ts';
import { type Judged, requireProjects, requirePublicName, requireUrl } from './create.ts';
import { factOf } from './fact.ts';
import { type Changes, dropDeliveries, lockWebhook, reviveDeliveries, updateWebhook } from './queries.ts';
import { newSecret } from './secrets.ts';

async function openWebhook(tx: Tx, workspace_id: string, id: string) {
  const webhook = await lockWebhook(tx, workspace_id, id);
  if (webhook === undefined) throw new BatonError('not_found');
  const { at, secret, ...shown } = webhook;
  return { at, secret, webhook: shown };
}

/** Returns the changes that come with an admin's change of the state. */
function stateChanges(state: 'active' | 'paused'): Changes {
  if (state === 'paused') return { state, state_reason: 'by_admin' };
  return { state, state_reason: null, failures: 0, failing_since: null, rests_until: null };
}

/** Changes a webhook. One that becomes active continues from where it stopped, beginning with the failed deliveries. */
export async function changeWebhook(
  { tx, writer, params, if_match, body: { version, ...given }, learnt: leads_inside }: Judged<typeof update_webhook>,
  settings: Pick<Config, 'webhook_private'>,
): Promise<Webhook> {
  const url = given.url === undefined ? undefined : requireUrl(given.url, settings);
  const actor = await writer.hold();
  const { workspace_id } = actor;
  if (given.state === 'active') await requireUndeleted(tx, workspace_id);
  const { at, webhook } = await openWebhook(tx, workspace_id, params.webhook_id);
  requireCurrent({ if_match, version }, { current_version: webhook.version });
  const { project_ids: refs, ...others } = given;
  const project_ids = refs === undefined ? undefined : await requireProjects(tx, workspace_id, refs);
  const { state = webhook.state, ...rest } = {
    ...others,
    ...(url === undefined ? {} : { url }),
    ...(project_ids === undefined ? {} : { project_ids }),
  };
  const fields = Object.fromEntries(
    Object.entries(rest).filter(
      ([name, value]) =>
        value !== undefined && JSON.stringify(value) !== JSON.stringify(webhook[name as keyof Webhook]),
    ),
  );
  if ('url' in fields) requirePublicName(leads_inside); // checked when the URL is set, not when other fields change
  const becomes = state !== webhook.state && state !== 'disabled' ? state : undefined;
  if (Object.keys(fields).length === 0 && becomes === undefined) return webhook;
  if (becomes === 'active') reviveDeliveries(tx, workspace_id, webhook.id);
  const changes = {
    ...fields,
    ...('url' in fields ? { url_given_by: personOf(actor) } : {}),
    ...(becomes === undefined ? {} : stateChanges(becomes)),
  };
  const after = await updateWebhook(tx, { workspace_id, id: webhook.id, at }, changes);
  recordAudit(tx, actor, {
    action: 'webhook.updated',
    subject_id: webhook.id,
    subject_version: after.version,
    before: factOf(webhook),
    after: factOf(after),
    at,
  });
  return after;
}

/** Deletes a webhook and its secrets. */
export async function deleteWebhook({ tx, writer, params, if_match }: Context<typeof delete_webhook>): Promise<void> {
  const actor = await writer.hold();
  const { workspace_id } = actor;
  const { at, webhook } = await openWebhook(tx, workspace_id, params.webhook_id);
  requireMatch(if_match, { current_version: webhook.version });
  dropDeliveries(tx, workspace_id, webhook.id);
  const secrets = { secret: Buffer.alloc(0), previous_secret: null, previous_secret_until: null };
  await updateWebhook(tx, { workspace_id, id: webhook.id, at }, { ...secrets, deleted_at: at });
  recordAudit(tx, actor, {
    action: 'webhook.deleted',
    subject_id: webhook.id,
    subject_version: webhook.version + 1,
    before: factOf(webhook),
    at,
  });
}

/** Gives a webhook a new secret. The previous one also signs for `overlap_s`, so that the receiver can switch. */
export async function rotateSecret(
  { tx, writer, params, body: { overlap_s } }: Context<typeof rotate_webhook_secret>,
  { sealing_key }: { sealing_key: Buffer },
): Promise<Response<typeof rotate_webhook_secret>> {
  const actor = await writer.hold();
  const { workspace_id } = actor;
  const { at, secret: before, webhook } = await openWebhook(tx, workspace_id, params.webhook_id);
  const { secret, sealed } = newSecret(sealing_key);
  const until = overlap_s === 0 ? null : new Date(Date.parse(at) + overlap_s * 1000).toISOString();
  const after = await updateWebhook(
    tx,
    { workspace_id, id: webhook.id, at },
    { secret: sealed, previous_secret: until === null ? null : before, previous_secret_until: until },
  );
  const { previous_secret_until } = after;
  recordAudit(tx, actor, {
    action: 'webhook.secret_rotated',
    subject_id: webhook.id,
    subject_version: after.version,
    after: { previous_secret_until },
    at,
  });
  return { secret, previous_secret_until };
}

/** Records a ping, an event without contents that is sent to this webhook only. */
export async function pingWebhook({ tx, writer, params }: Context<typeof ping_webhook>): Promise<void> {
  const actor = await writer.hold();
  const { webhook } = await openWebhook(tx, actor.workspace_id, params.webhook_id);
  recordAudit(tx, actor, { action: 'webhook.pinged', subject_id: webhook.id });
}
