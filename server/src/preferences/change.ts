import { isDeepStrictEqual } from 'node:util';
import { BatonError } from '../errors.ts';
import { requireCurrent } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import { max_remapped, type Preferences, type update_preferences } from './contract.ts';
import { lockPreferences, updatePreferences } from './queries.ts';

/** The keys of commands with some of them changed; null gives a command its own back. */
function remapped(before: Preferences['keys'], given: Readonly<Record<string, string | null>>): Preferences['keys'] {
  const keys = Object.entries({ ...before, ...given }).flatMap(([id, chosen]) =>
    chosen === null ? [] : [[id, chosen]],
  );
  if (keys.length > max_remapped) {
    const detail = `Expected at most ${max_remapped} commands with keys of their own. Give some their own keys back.`;
    throw new BatonError('validation_failed', { errors: [{ pointer: '/keys', detail }] });
  }
  return Object.fromEntries(keys) as Preferences['keys'];
}

/** Changes the caller's preferences: those that are given, and no others, so that two tabs change different ones. */
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
