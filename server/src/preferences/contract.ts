import { z } from 'zod';
import { base_version, narrowing, operation, timestamp, version } from '../http/contract.ts';
import { givenRecord } from '../http/given-record.ts';
import { known_time_zone, time_zone } from '../lib/time-zone.ts';

/** The most commands whose keys can be chosen. */
export const max_remapped = 100;

/** The client's name of a command. */
const command = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,59}$/, 'Expected the name of a command, such as go_board.')
  .max(60);
/** Keys as the console writes them: `Shift+e`, or a sequence such as `g b`. */
const keys = z
  .string()
  .regex(/^[!-~]{1,20}( [!-~]{1,20}){0,2}$/, 'Expected keys such as x, Shift+e or g b.')
  .max(62)
  .meta({ example: 'g b' });

const language = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$/, 'Expected a language such as en or en-GB.')
  .max(35)
  .meta({ example: 'en-GB' });

/** Returns the canonical form of a language (BCP 47); undefined if there is none. */
function canonical(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

/** Converts a language to the form that is stored: `EN-gb` becomes `en-GB`. */
const given_language = language.transform((tag, context) => {
  const { data } = language.safeParse(canonical(tag)); // `sh` becomes `sr-Latn`, which may be too long
  if (data !== undefined) return data;
  context.addIssue({ code: 'custom', message: 'Expected a language such as en or en-GB.' });
  return z.NEVER;
});

const theme = z.enum(['system', 'light', 'dark']).meta({ description: '`system` follows the setting of the machine.' });
const density = z.enum(['comfortable', 'compact']).meta({ description: 'The height of the rows of a list.' });
const single_keys = z.boolean().meta({ description: 'Whether keys without Ctrl or ⌘ run commands (WCAG 2.1.4).' });
const zone_meaning = 'The time zone in which times are shown; null means that of the browser.';
const language_meaning = 'The language in which dates and numbers are written; null means the client’s default.';

export const preferences = z
  .strictObject({
    theme,
    density,
    time_zone: time_zone.nullable().meta({ description: zone_meaning }),
    language: language.nullable().meta({ description: language_meaning }),
    single_keys,
    keys: z.record(command, keys).meta({
      description: `The keys that the caller has chosen, by command; at most ${max_remapped}.`,
      example: { go_board: 'g b' },
    }),
    version,
    updated_at: timestamp.nullable().meta({ description: 'When they were last changed; null means never.' }),
  })
  .meta({ id: 'Preferences' });
export type Preferences = z.infer<typeof preferences>;

const path = '/v1/me/preferences';

export const get_preferences = operation({
  id: 'get_preferences',
  method: 'get',
  path,
  tag: 'accounts',
  summary: 'Returns the caller’s preferences, which are the same on every machine.',
  query: z.strictObject(narrowing(preferences)),
  status: 200,
  response: preferences,
  etag: true,
});

export const update_preferences = operation({
  id: 'update_preferences',
  method: 'patch',
  path,
  tag: 'accounts',
  summary: 'Changes the preferences that are sent, and in `keys` only the commands that are named.',
  body: z.strictObject({
    theme: theme.optional(),
    density: density.optional(),
    time_zone: known_time_zone.nullable().optional().meta({ description: zone_meaning }),
    language: given_language.nullable().optional().meta({ description: language_meaning }),
    single_keys: single_keys.optional(),
    keys: givenRecord(command, keys.nullable())
      .refine((given) => Object.keys(given).length <= max_remapped, `Expected at most ${max_remapped} commands.`)
      .optional()
      .meta({
        description: 'Commands with their new keys; null restores a command’s default. Other commands keep their keys.',
        example: { go_board: 'g b', create: null },
      }),
    version: base_version,
  }),
  if_match: 'required',
  status: 200,
  response: preferences,
  etag: true,
  errors: ['precondition_required', 'conflict'],
});
