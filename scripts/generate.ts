import { existsSync, mkdtempSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { contracts } from '../server/src/contracts.ts';
import { startEmbedded } from '../server/src/db/embedded.ts';
import { migrate } from '../server/src/db/migrate.ts';
import { openApiDocument } from '../server/src/reference/openapi.ts';
import { dumpSchema } from './schema.ts';
import { type OpenApi, sdkOperations, sdkTypes } from './sdk.ts';
import { installTools } from './tools.ts';

// Writes the generated files. With --check, fails if one of them is stale, except the schema, which needs a database:
// server/test/locks/catalog.test.ts compares it.

const root = path.resolve(import.meta.dirname, '..');

async function schema(): Promise<string> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-generate-'));
  chmodSync(dir, 0o755);
  const database = await startEmbedded({ dir, fsync: false });
  try {
    await migrate({ url: database.url });
    return await dumpSchema(database.url);
  } finally {
    await database.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const document = openApiDocument(contracts);
await installTools();
const json = JSON.parse(JSON.stringify(document)) as OpenApi;
const check = process.argv.includes('--check');
const generated: Record<string, string> = {
  'server/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
  'sdk/generated.ts': await sdkTypes(json),
  'sdk/operations.ts': sdkOperations(json),
  ...(check ? {} : { 'server/schema.sql': await schema() }),
};

for (const [file, text] of Object.entries(generated)) {
  const target = path.join(root, file);
  const fresh = existsSync(target) && readFileSync(target, 'utf8') === text;
  if (check && !fresh) {
    console.error(`${file} is stale. Run npm run generate, look at the difference, and commit it.`);
    process.exitCode = 1;
  } else if (!fresh) {
    writeFileSync(target, text);
    console.log(`wrote ${file}`);
  }
}
