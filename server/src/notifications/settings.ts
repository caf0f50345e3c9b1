import { isDeepStrictEqual } from 'node:util';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { requireCurrent } from '../http/preconditions.ts';
import { projectIds } from '../projects/queries.ts';
import type { Context } from '../serving/context.ts';
import { type Kind, kind, type Settings, type update_notification_settings } from './contract.ts';
import type { Owner } from './queries.ts';
import { askAgainToMail, lockSettings, type SettingsRow, updateSettings } from './settings-queries.ts';

type Switches = Partial<Record<Kind, boolean | undefined>>;

/** Returns a switch for each kind: on or off. */
const switches = (isOn: (name: Kind) => boolean) =>
  Object.fromEntries(kind.options.map((name) => [name, isOn(name)])) as Record<Kind, boolean>;

/** Returns the settings in the API's form. */
export function presentSettings({ off, mail, ...row }: SettingsRow): Settings {
  return { kinds: switches((name) => !off.includes(name)), mail: switches((name) => mail.includes(name)), ...row };
}

/** Returns the ids of the projects to mute, given by id or key. Already muted ones need not exist any more. */
async function mutedProjects(
  tx: Tx,
  workspace_id: string,
  refs: readonly string[],
  before: readonly string[],
): Promise<string[]> {
  const ids = await projectIds(
    tx,
    workspace_id,
    refs.filter((ref) => !before.includes(ref)),
  );
  if (ids === undefined) {
    const detail = 'Expected projects of this workspace.';
    throw new BatonError('validation_failed', { errors: [{ pointer: '/muted_project_ids', detail }] });
  }
  return [...new Set([...refs.filter((ref) => before.includes(ref)), ...ids])];
}

/**
 * Changes the caller's notification settings. Kinds that are not named
 * stay as they are; the list of muted projects is replaced.
 */
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
  const kinds: Switches = body.kinds ?? {};
  const mail: Switches = body.mail ?? {};
  const { quiet_hours = before.quiet_hours } = body;
  const muted_project_ids =
    body.muted_project_ids === undefined
      ? before.muted_project_ids
      : await mutedProjects(tx, workspace_id, body.muted_project_ids, before.muted_project_ids);
  const after: SettingsRow = {
    off: kind.options.filter((name) => !(kinds[name] ?? !before.off.includes(name))),
    mail: kind.options.filter((name) => mail[name] ?? before.mail.includes(name)),
    quiet_hours,
    muted_project_ids,
    version: before.version,
  };
  if (isDeepStrictEqual(after, before)) return presentSettings(before);
  after.version++;
  updateSettings(tx, owner, after);
  if (!isDeepStrictEqual(quiet_hours, before.quiet_hours)) askAgainToMail(tx, user_id);
  return presentSettings(after);
}

/** Turns off all mail of notifications to a member. Their inbox stays as it is. */
export async function endMail(tx: Tx, owner: Owner): Promise<void> {
  const before = await lockSettings(tx, owner);
  if (before.mail.length > 0) updateSettings(tx, owner, { ...before, mail: [], version: before.version + 1 });
}
