import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { contracts } from '../server/src/contracts.ts';
import { matcher } from '../server/src/http/methods.ts';

// Checks that no regular expression of the server, and no pattern of its contract, takes more than linear time.

interface Diagnostics {
  status: 'safe' | 'vulnerable' | 'unknown';
  complexity?: { summary: string };
}

interface Regex {
  at: string;
  source: string;
  flags: string;
}

// The only file that creates expressions at run time. They are checked as it creates them.
const routes_file = path.normalize('server/src/http/methods.ts');
const root = path.resolve(import.meta.dirname, '..');
const tool = createRequire(path.join(root, 'tools/package.json'));
// Run recheck without a JVM. Its binary is seven times faster than its JavaScript, but doesn't exist for every machine.
const native = existsSync(path.join(root, 'tools/node_modules/recheck-linux-x64')) && process.arch === 'x64';
process.env['RECHECK_BACKEND'] = native && process.platform === 'linux' ? 'native' : 'pure';
const { parse } = tool('acorn') as { parse: (text: string, options: object) => unknown };
const { check } = tool('recheck') as {
  check: (source: string, flags: string, parameters: object) => Promise<Diagnostics>;
};

/** Calls `visit` with every object in the tree. */
function walk(node: unknown, visit: (node: Record<string, unknown>) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) visit(node as Record<string, unknown>);
  for (const child of Object.values(node)) walk(child, visit);
}

function literalsOf(file: string): Regex[] {
  const text = stripTypeScriptTypes(readFileSync(path.join(root, file), 'utf8'));
  const found: Regex[] = [];
  walk(parse(text, { ecmaVersion: 'latest', sourceType: 'module', locations: true }), (node) => {
    const at = `${file}:${(node['loc'] as { start?: { line: number } } | undefined)?.start?.line}`;
    const regex = node['regex'] as { pattern: string; flags: string } | undefined;
    if (regex !== undefined) found.push({ at, source: regex.pattern, flags: regex.flags });
    const { name } = (node['callee'] ?? {}) as { name?: string };
    if (name === 'RegExp' && file !== routes_file) throw new Error(`${at}: write the expression as a literal.`);
  });
  return found;
}

// A list of known words, separated by commas: the form of `fields` and of filters with several values.
const word = String.raw`[a-z_]+(?:\\\.[a-z_]+)?`;
const list_of_words = new RegExp(
  String.raw`^\^(\((?:\?:)?(${word}\|${word})(?:\|${word})*\))\((?:\?:)?,\1\)(\*|\{0,\d+\})\$$`,
);

/**
 * Leaves two of the words. Each ends at a comma, which no word contains, so more of them would only take longer to
 * check.
 */
const withFewWords = (pattern: string) => pattern.replace(list_of_words, '^(?:$2)(?:,(?:$2))$3$$');

function patternsOf(file: string): Regex[] {
  const found: Regex[] = [];
  walk(JSON.parse(readFileSync(path.join(root, file), 'utf8')), ({ pattern }) => {
    if (typeof pattern === 'string') found.push({ at: file, source: withFewWords(pattern), flags: 'u' });
  });
  return found;
}

/** A single property of strings, such as that of an emoji. recheck doesn't know the flag `v`, and nothing in it repeats. */
const one_property = /^\^\\p\{\w+\}\$$/;

async function faultOf({ source, flags }: Regex): Promise<string | undefined> {
  if (flags === 'v' && one_property.test(source)) return undefined;
  const { status, complexity } = await check(source, flags, { timeout: 10_000 });
  return status === 'safe' ? undefined : (complexity?.summary ?? status);
}

const files = globSync('server/src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
const routes = contracts.map((contract) => ({ at: contract.path, source: matcher(contract.path).source, flags: '' }));
// The document says only `format: email`, but this expression decides.
const email = { at: 'z.email()', source: z.regexes.email.source, flags: z.regexes.email.flags };
const all = [...files.flatMap(literalsOf), ...routes, email, ...patternsOf('server/openapi.json')];
const distinct = new Map(all.map((regex) => [`${regex.source} ${regex.flags}`, regex]));
for (const regex of distinct.values()) {
  const fault = await faultOf(regex);
  if (fault === undefined) continue;
  console.error(`${regex.at}: /${regex.source}/${regex.flags} is ${fault}`);
  process.exitCode = 1;
}
const control = await faultOf({ at: 'planted', source: '^(a+)+$', flags: '' });
if (control !== 'exponential' || distinct.size === 0) {
  console.error('A planted exponential expression passes, or there is no expression to check.');
  process.exitCode = 1;
}
console.log(`${all.length} regular expressions, ${distinct.size} of them distinct; a planted one is ${control}`);
