import { BatonError } from '../errors.ts';
import { requireCurrent } from '../http/preconditions.ts';
import { countProjects } from '../projects/queries.ts';
import type { Context } from '../serving/context.ts';
import { type Kind, kind, type Settings, type update_notification_settings } from './contract.ts';
import { lockSettings, type SettingsRow, updateSettings } from './settings-queries.ts';

/** The settings as their owner sees them: each kind, on or off. */
export function presentSettings({ off, muted_project_ids, version }: SettingsRow): Settings {
  const kinds = Object.fromEntries(kind.options.map((name) => [name, !off.includes(name)])) as Record<Kind, boolean>;
  return { kinds, muted_project_ids, version };
}

/** Changes what the caller wants to be told of: the kinds that are named, and the projects that are muted, all of them. */
export async function changeSettings({
  tx,
  writer,
  if_match,
  body,
}: Context<typeof update_notification_settings>): Promise<Settings> {
  const { workspace_id, user_id } = await writer.hold();
  const owner = { workspace_id, user_id };
  const before = await lockSettings(tx, owner);
  requireCurrent({ if_match, version: body.version }, { current_version: before.version });
  const { kinds = {}, muted_project_ids = before.muted_project_ids } = body;
  const off = kind.options.filter((name) => !(kinds[name] ?? !before.off.includes(name)));
  const same = (one: readonly string[], other: readonly string[]) => one.join() === other.join();
  if (same(off, before.off) && same(muted_project_ids, before.muted_project_ids)) return presentSettings(before);
  const added = muted_project_ids.filter((id) => !before.muted_project_ids.includes(id));
  if ((await countProjects(tx, workspace_id, added)) < added.length) {
    const detail = 'Expected projects of this workspace.';
    throw new BatonError('validation_failed', { errors: [{ pointer: '/muted_project_ids', detail }] });
  }
  const after = { off, muted_project_ids, version: before.version + 1 };
  updateSettings(tx, owner, after);
  return presentSettings(after);
}
