import { registerHooks } from 'node:module';
import pg from 'pg';

// Loaded before the server by `node --import`: a deliberately broken build, for controls. Statements are rewritten on
// their way to the database, sources as they are loaded; nothing of this is in the server itself.

/** Replacements of a statement's text: regular expressions and what to put in their place. */
export type Replacement = readonly [find: string, replace: string];

/** A change of one source file, named by its end: a text that stands in it, and what to put in its place. */
export type SourceChange = readonly [file: string, find: string, replace: string];

/** Where the changes of sources come from, as JSON. */
export const source_variable = 'BATON_TEST_SOURCE';

/** Where the replacements come from, as JSON. */
export const patch_variable = 'BATON_TEST_REPLACE';

/** The statement with every replacement made. */
export function replaceIn(text: string, replacements: readonly Replacement[]): string {
  return replacements.reduce((all, [find, replace]) => all.replace(new RegExp(find, 'g'), replace), text);
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

const sources = process.env[source_variable];
if (sources !== undefined) {
  const changes = JSON.parse(sources) as SourceChange[];
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      const own = changes.filter(([file]) => url.endsWith(file));
      if (own.length === 0 || !(loaded.source instanceof Uint8Array)) return loaded;
      let source = Buffer.from(loaded.source).toString();
      for (const [file, find, replace] of own) {
        // A control that breaks nothing would prove nothing.
        if (!source.includes(find)) throw new Error(`${file} has no ${find}`);
        source = source.replace(find, () => replace);
      }
      return { ...loaded, source };
    },
  });
}
