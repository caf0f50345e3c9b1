import type { Input, NotificationSettings } from 'baton-sdk';

/** The kinds of notifications, as the API names them. */
export type Kind = keyof NotificationSettings['kinds'];
export const kinds: readonly Kind[] = ['assigned', 'mentioned', 'moved', 'commented', 'due', 'webhook_stopped'];

/** The values of the form. */
export type Given = Omit<NotificationSettings, 'version'>;
type Field = keyof Given;
type Changes = Omit<Input<'update_notification_settings'>['body'], 'version'>;

const fields: readonly Field[] = ['kinds', 'mail', 'quiet_hours', 'muted_project_ids'];

export const givenOf = ({ version: _version, ...given }: NotificationSettings): Given => given;

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** Returns the names of the fields that differ. */
export const changedFields = (from: Given, to: Given): Field[] =>
  fields.filter((field) => !isSame(from[field], to[field]));

/** Returns the kinds that differ, with their new values. */
const changedKinds = (from: Given['kinds'], to: Given['kinds']) =>
  Object.fromEntries(kinds.filter((kind) => from[kind] !== to[kind]).map((kind) => [kind, to[kind]]));

/** Returns the changes to send, kind by kind, so that other kinds keep what another tab saved. */
export function changesOf(from: Given, to: Given): Changes {
  const changed = changedFields(from, to);
  return {
    ...(changed.includes('kinds') && { kinds: changedKinds(from.kinds, to.kinds) }),
    ...(changed.includes('mail') && { mail: changedKinds(from.mail, to.mail) }),
    ...(changed.includes('quiet_hours') && { quiet_hours: to.quiet_hours }),
    ...(changed.includes('muted_project_ids') && { muted_project_ids: to.muted_project_ids }),
  };
}
