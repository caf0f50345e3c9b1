import type { Actor } from '../access/authorize.ts';
import { recordAudit } from '../audit/record.ts';
import type { Config } from '../config.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import { requireFewer } from '../quotas/quotas.ts';
import type { Context } from '../serving/context.ts';
import type { create_view, View } from './contract.ts';
import { factOf } from './fact.ts';
import { insertView, ownViews, sharedViews } from './queries.ts';
import { requireListable, textsOf } from './query.ts';

/** The limits on the number of views. */
export type ViewQuotas = Pick<Config, 'max_views_per_member' | 'max_shared_views_per_workspace'>;

/** Throws `forbidden` for a viewer who wants to decide what others see in a view. */
export function requireSharing(
  { role }: Actor,
  shared: boolean | undefined,
  detail = 'Viewers cannot share views. Send "shared": false.',
): void {
  if (shared !== true || role !== 'viewer') return;
  throw new BatonError('forbidden', { detail, role, required: ['owner', 'admin', 'member'] });
}

/** Throws `quota_exceeded` if the workspace has the maximum number of shared views. */
export const requireFewerShared = (tx: Tx, { workspace_id }: Actor, quotas: ViewQuotas): Promise<void> =>
  requireFewer(tx, 'shared_views_per_workspace', quotas.max_shared_views_per_workspace, sharedViews(workspace_id));

/** Throws `quota_exceeded` if a person has the maximum number of views, shared or not. */
export const requireFewerOwn = (
  tx: Tx,
  owner: { workspace_id: string; user_id: string },
  quotas: ViewQuotas,
): Promise<void> => requireFewer(tx, 'views_per_member', quotas.max_views_per_member, ownViews(owner));

/** Creates a view that belongs to the caller. Only a shared view is recorded in the audit log. */
export async function createView({ tx, writer, body }: Context<typeof create_view>, quotas: ViewQuotas): Promise<View> {
  const { name, layout, shared, query } = body;
  requireListable(layout, query);
  const actor = await writer.hold((who) => requireSharing(who, shared));
  await Promise.all([requireFewerOwn(tx, actor, quotas), shared ? requireFewerShared(tx, actor, quotas) : undefined]);
  const { workspace_id, user_id: owner_id } = actor;
  const row = { workspace_id, id: newId(), owner_id, name, layout, query: textsOf(query), shared };
  const created = await insertView(tx, row);
  if (shared) {
    recordAudit(tx, actor, {
      action: 'view.created',
      subject_id: created.id,
      subject_version: created.version,
      after: factOf(created),
      at: created.created_at,
    });
  }
  return created;
}
