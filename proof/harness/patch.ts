import { registerHooks } from 'node:module';
import pg from 'pg';

// Loaded before the server by `node --import`, this turns it into a deliberately broken build, for controls. It rewrites
// statements on their way to the database, and source text as it is loaded. The server itself contains none of this.

/** Replaces parts of a statement's text: a regular expression and its replacement. */
export type Replacement = readonly [find: string, replace: string];

/** Replaces a text in one file of server/src; it is an error if the file doesn't contain it. */
export interface SourceReplacement {
  file: string;
  find: string;
  replace: string;
}

/** The environment variables that carry the replacements, as JSON. */
export const patch_variable = 'BATON_TEST_REPLACE';
export const source_variable = 'BATON_TEST_SOURCE';

/** Applies every replacement to a statement. */
export function replaceIn(text: string, replacements: readonly Replacement[]): string {
  return replacements.reduce((all, [find, replace]) => all.replace(new RegExp(find, 'g'), replace), text);
}

function replaceInSource(text: string, replacements: readonly SourceReplacement[]): string {
  return replacements.reduce((all, { file, find, replace }) => {
    if (!all.includes(find)) throw new Error(`There is no ${find} in ${file}.`);
    return all.replace(find, () => replace);
  }, text);
}

const given = process.env[patch_variable];
if (given !== undefined) {
  const replacements = JSON.parse(given) as Replacement[];
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function patched(this: unknown, config: unknown, ...rest: unknown[]) {
    if (typeof config === 'string') return query.call(this, replaceIn(config, replacements), ...rest);
    const { text } = config as { text?: string };
    const changed = text === undefined ? config : { ...(config as object), text: replaceIn(text, replacements) };
    return query.call(this, changed, ...rest);
  };
}

const given_source = process.env[source_variable];
if (given_source !== undefined) {
  const replacements = JSON.parse(given_source) as SourceReplacement[];
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const here = replacements.filter(({ file }) => url.endsWith(`/server/src/${file}`));
      const { source } = loaded;
      if (here.length === 0 || source === undefined) return loaded;
      const text = typeof source === 'string' ? source : new TextDecoder().decode(source);
      return { ...loaded, source: replaceInSource(text, here) };
    },
  });
}
