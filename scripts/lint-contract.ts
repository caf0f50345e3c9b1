import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { expected, public_rules, rules } from '../tools/spectral.ts';

// Lints server/openapi.json: Spectral with all of its own rules and OWASP's, and Redocly with its strictest. Each must
// find nothing, except in a document with planted faults.

interface Operation {
  'x-baton-access': unknown;
  responses: Record<string, unknown>;
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: { User: { properties: { name: { maxLength?: number } } } } };
}

interface Spectral {
  setRuleset(ruleset: unknown): void;
  run(document: unknown): Promise<{ code: string | number; message: string; path: (string | number)[] }[]>;
}

const root = path.resolve(import.meta.dirname, '..');
const tools = path.join(root, 'tools');
const tool = createRequire(path.join(tools, 'package.json'));
const core = tool('@stoplight/spectral-core') as {
  Spectral: new () => Spectral;
  Document: new (text: string, parser: unknown, source: string) => unknown;
  Ruleset: new (definition: unknown, options: { source: string }) => unknown;
};
const { Json } = tool('@stoplight/spectral-parsers') as { Json: unknown };
const { oas } = tool('@stoplight/spectral-rulesets') as { oas: unknown };
const owasp = tool('@stoplight/spectral-owasp-ruleset') as { default?: unknown };

const source = path.join(root, 'server/openapi.json');
const document = JSON.parse(readFileSync(source, 'utf8')) as OpenApi;

/** The operations of the document, each with the JSON pointer to it. */
function operations({ paths }: OpenApi): { at: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      at: `/paths/${route.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}`,
      operation,
    })),
  );
}

async function spectral(linted: OpenApi): Promise<string[]> {
  const open = operations(linted).filter(({ operation }) => operation['x-baton-access'] === 'public');
  const linter = new core.Spectral();
  const definition = {
    extends: [
      [oas, 'all'],
      [owasp.default ?? owasp, 'all'],
    ],
    rules,
    overrides: [{ files: open.map(({ at }) => `server/openapi.json#${at}`), rules: public_rules }],
  };
  linter.setRuleset(new core.Ruleset(definition, { source: path.join(root, 'spectral') }));
  const found = await linter.run(new core.Document(JSON.stringify(linted), Json, source));
  const known: Record<string, string | undefined> = expected;
  return found
    .filter(({ code, message }) => !message.endsWith(known[code] ?? '\n'))
    .map(({ code, message, path: at }) => `${code} ${at.join('.')}: ${message}`);
}

function redocly(linted: OpenApi): Promise<string[]> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-lint-'));
  const file = path.join(dir, 'openapi.json');
  try {
    writeFileSync(file, JSON.stringify(linted));
    const cli = path.join(tools, 'node_modules/@redocly/cli/bin/cli.js');
    const config = path.join(tools, 'redocly.yaml');
    // Without telemetry, and without a check for newer versions.
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const args = [cli, 'lint', file, '--config', config, '--format', 'json', '--max-problems', '1000'];
    const { stdout, status } = spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: 60_000 });
    const { problems } = JSON.parse(stdout) as {
      problems: { ruleId: string; message: string; location: { pointer?: string }[] }[];
    };
    const found = problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
    return Promise.resolve(status === 0 || found.length > 0 ? found : [`it ended with ${status}`]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The document with two faults: a text of unlimited length, and an operation that declares no errors. */
function planted(): OpenApi {
  const faulty = structuredClone(document);
  delete faulty.components.schemas.User.properties.name.maxLength;
  const me = faulty.paths['/v1/me']?.['get'];
  if (me === undefined) throw new Error('There is no GET /v1/me to plant a fault in.');
  me.responses = { 200: me.responses['200'] };
  faulty.paths = { '/v1/me': { get: me }, '/livez': faulty.paths['/livez'] ?? {} };
  return faulty;
}

const linters = {
  Spectral: { lint: spectral, finds: ['owasp:api4:2023-string-limit', 'owasp:api8:2023-define-error-responses-500'] },
  Redocly: { lint: redocly, finds: ['operation-4xx-response'] },
};

for (const [name, { lint, finds }] of Object.entries(linters)) {
  const found = await lint(document);
  for (const one of found.slice(0, 50)) console.error(`${name}: ${one}`);
  const control = await lint(planted());
  const missed = finds.filter((rule) => !control.some((one) => one.startsWith(`${rule} `)));
  for (const rule of missed) console.error(`${name} misses what is planted: ${rule}`);
  console.log(`${name}: ${found.length} findings; ${control.length} in a document with faults planted`);
  if (found.length > 0 || missed.length > 0) process.exitCode = 1;
}
