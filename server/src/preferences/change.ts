import { isDeepStrictEqual } from 'node:util';
import { BatonError } from '../errors.ts';
import { requireCurrent } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import { max_remapped, type Preferences, type update_preferences } from './contract.ts';
import { lockPreferences, updatePreferences } from './queries.ts';

/** Returns the chosen keys with some changes. null restores a command's default keys. */
function remapped(before: Preferences['keys'], given: Readonly<Record<string, string | null>>): Preferences['keys'] {
  const keys = Object.entries({ ...before, ...given }).flatMap(([id, chosen]) =>
    chosen === null ? [] : [[id, chosen]],
  );
  if (keys.length > max_remapped) {
    const detail = `Expected at most ${max_remapped} commands with chosen keys. Send null for some to restore their defaults.`;
    throw new BatonError('validation_failed', { errors: [{ pointer: '/keys', detail }] });
  }
  return Object.fromEntries(keys) as Preferences['keys'];
}

/** Changes only those of the caller's preferences that are sent, so that two tabs can change different ones. */
export async function changePreferences({
  tx,
  caller: { user_id },
  if_match,
  body: { version, ...given },
}: Context<typeof update_preferences>): Promise<Preferences> {
  const before = await lockPreferences(tx, user_id);
  requireCurrent({ if_match, version }, { current_version: before.version });
  const { updated_at, ...kept } = before;
  const after = {
    theme: given.theme ?? kept.theme,
    density: given.density ?? kept.density,
    time_zone: given.time_zone === undefined ? kept.time_zone : given.time_zone,
    language: given.language === undefined ? kept.language : given.language,
    single_keys: given.single_keys ?? kept.single_keys,
    keys: remapped(kept.keys, given.keys ?? {}),
    version: kept.version,
  } satisfies Omit<Preferences, 'updated_at'>;
  if (isDeepStrictEqual(after, kept)) return { ...kept, updated_at };
  return updatePreferences(tx, user_id, { ...after, version: kept.version + 1 });
}
