import { personOf, requireUndeleted } from '../access/authorize.ts';
import { recordAudit } from '../audit/record.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { lastSequence } from '../feed/queries.ts';
import type { Response } from '../http/contract.ts';
import { newId } from '../lib/ids.ts';
import { projectIds } from '../projects/queries.ts';
import { requireFewer } from '../quotas/quotas.ts';
import type { Context } from '../serving/context.ts';
import type { create_webhook, update_webhook } from './contract.ts';
import { factOf } from './fact.ts';
import { insertWebhook, webhooksIn } from './queries.ts';
import { newSecret } from './secrets.ts';
import { readUrl } from './url.ts';

const refused = (pointer: string, detail: string) =>
  new BatonError('validation_failed', { errors: [{ pointer, detail }] });

/** Throws `validation_failed` for a URL whose name leads to an address that isn't public. */
export function requirePublicName(leads_inside: boolean): void {
  if (leads_inside) throw refused('/url', 'The URL must not lead to a private address, and its host name does.');
}

/** Returns the URL in its stored form. Throws `validation_failed` for one that messages must not be sent to. */
export function requireUrl(url: string, { webhook_private }: Pick<Config, 'webhook_private'>): string {
  const read = readUrl(url, { allow_private: webhook_private });
  if (typeof read === 'string') throw refused('/url', read);
  return read.href;
}

/** Returns the ids of projects given by id or key. Throws `validation_failed` if one isn't the workspace's. */
export async function requireProjects(
  db: Db,
  workspace_id: string,
  refs: readonly string[] | null,
): Promise<string[] | null> {
  const ids = refs === null ? null : await projectIds(db, workspace_id, refs);
  if (ids === undefined) throw refused('/project_ids', 'Expected projects of this workspace.');
  return ids;
}

/** A request's context; `learnt` is whether the given URL's name leads to an address that isn't public. */
export type Judged<O extends typeof create_webhook | typeof update_webhook> = Context<O> & { learnt: boolean };

type Settings = Pick<Config, 'webhook_private' | 'max_webhooks_per_workspace'>;

/** Creates a webhook, which receives all events that have no number yet. Only the response contains its secret. */
export async function createWebhook(
  { tx, writer, body, learnt: leads_inside }: Judged<typeof create_webhook>,
  settings: Settings & { sealing_key: Buffer },
): Promise<Response<typeof create_webhook>> {
  const url = requireUrl(body.url, settings);
  requirePublicName(leads_inside);
  const { description, types } = body;
  const actor = await writer.hold();
  const { workspace_id, user_id: created_by } = actor;
  const [head, project_ids] = await Promise.all([
    lastSequence(tx, workspace_id),
    requireProjects(tx, workspace_id, body.project_ids),
    requireFewer(tx, 'webhooks_per_workspace', settings.max_webhooks_per_workspace, webhooksIn(workspace_id)),
    requireUndeleted(tx, workspace_id), // so that a deletion in progress misses no new webhook
  ]);
  const { secret, sealed } = newSecret(settings.sealing_key);
  const created = await insertWebhook(tx, {
    id: newId(),
    url,
    description,
    types,
    project_ids,
    created_by,
    workspace_id,
    secret: sealed,
    last_sequence: head?.last_sequence ?? 0,
    url_given_by: personOf(actor),
  });
  recordAudit(tx, actor, {
    action: 'webhook.created',
    subject_id: created.id,
    subject_version: 1,
    after: factOf(created),
    at: created.created_at,
  });
  return { ...created, secret };
}
