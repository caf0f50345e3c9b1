import { isDeepStrictEqual } from 'node:util';
import type { Actor, Writer } from '../access/authorize.ts';
import { isAdmin } from '../access/policy.ts';
import { recordAudit } from '../audit/record.ts';
import type { Locked } from '../db/columns.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { requireCurrent, requireMatch } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import type { delete_view, restore_view, update_view, View } from './contract.ts';
import { requireFewerOwn, requireFewerShared, requireSharing, type ViewQuotas } from './create.ts';
import { factOf } from './fact.ts';
import { type Changes, lockView, updateView } from './queries.ts';
import { parsedOf, requireListable, textsOf } from './query.ts';

type Found = Locked<View & { deleted_at: string | null }>;

/**
 * The door to a view. Its owner may change it, and if it is shared, so may owners and admins of the workspace. Throws `not_found`
 * or `forbidden`.
 */
async function openView(
  tx: Tx,
  writer: Writer,
  id: string,
  { shared, deleted = false }: { shared?: boolean | undefined; deleted?: boolean } = {},
): Promise<{ actor: Actor; found: Found }> {
  const actor = await writer.hold((who) => requireSharing(who, shared));
  const found = await lockView(tx, actor, id);
  if (found === undefined || (found.deleted_at !== null && !deleted)) throw new BatonError('not_found');
  if (found.owner_id !== actor.user_id && !isAdmin(actor.role)) {
    const detail = 'Only its owner, and owners and admins of the workspace, may change a shared view.';
    throw new BatonError('forbidden', { detail, role: actor.role, required: ['owner', 'admin'] });
  }
  return { actor, found };
}

/** Changes a view that was opened, and records that if it was shared before or is now. */
async function changeView(
  tx: Tx,
  actor: Actor,
  before: Found,
  { action, changes }: { action: 'view.updated' | 'view.deleted' | 'view.restored'; changes: Changes },
): Promise<View> {
  const { workspace_id } = actor;
  const { id, at } = before;
  const after = await updateView(tx, { workspace_id, id, at }, changes);
  if (!before.shared && !after.shared) return after;
  const entry = { subject_id: id, subject_version: after.version, at };
  if (action === 'view.deleted') recordAudit(tx, actor, { ...entry, action, before: factOf(before) });
  else if (action === 'view.restored') recordAudit(tx, actor, { ...entry, action, after: factOf(after) });
  else recordAudit(tx, actor, { ...entry, action, before: factOf(before), after: factOf(after) });
  return after;
}

const shownOf = ({ at: _, deleted_at: __, ...view }: Found): View => view;

/** Changes the fields of a view that are sent. */
export async function editView(
  { tx, writer, params, if_match, body: { version, ...given } }: Context<typeof update_view>,
  quotas: ViewQuotas,
): Promise<View> {
  const { actor, found } = await openView(tx, writer, params.view_id, { shared: given.shared });
  const { name = found.name, layout = found.layout, shared = found.shared } = given;
  requireSharing(actor, shared); // its owner may have become a viewer since it was shared
  requireCurrent({ if_match, version }, { current_version: found.version });
  const query = given.query ?? parsedOf(found.query);
  requireListable(layout, query);
  const wanted = { name, layout, shared, query: textsOf(query) };
  const changes = Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => !isDeepStrictEqual(value, found[field as keyof View])),
  );
  if (Object.keys(changes).length === 0) return shownOf(found);
  if (shared && !found.shared) await requireFewerShared(tx, actor, quotas);
  return changeView(tx, actor, found, { action: 'view.updated', changes });
}

/** Soft-deletes a view. */
export async function deleteView({ tx, writer, params, if_match }: Context<typeof delete_view>): Promise<void> {
  const { actor, found } = await openView(tx, writer, params.view_id);
  requireMatch(if_match, { current_version: found.version });
  await changeView(tx, actor, found, { action: 'view.deleted', changes: { deleted_at: found.at } });
}

/** Restores a deleted view as it was, with the same owner. */
export async function restoreView(
  { tx, writer, params, if_match }: Context<typeof restore_view>,
  quotas: ViewQuotas,
): Promise<View> {
  const { actor, found } = await openView(tx, writer, params.view_id, { deleted: true });
  requireSharing(actor, found.shared, 'Viewers cannot share views. An owner or admin can restore this one.');
  requireMatch(if_match, { current_version: found.version });
  if (found.deleted_at === null) {
    throw new BatonError('conflict', { detail: 'The view is not deleted.', current_version: found.version });
  }
  const owner = { workspace_id: actor.workspace_id, user_id: found.owner_id };
  await Promise.all([
    requireFewerOwn(tx, owner, quotas),
    found.shared ? requireFewerShared(tx, actor, quotas) : undefined,
  ]);
  return changeView(tx, actor, found, { action: 'view.restored', changes: { deleted_at: null } });
}
