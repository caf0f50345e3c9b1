import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { presentParts } from '../sdk/compatibility/contract.ts';
import { version } from '../server/src/lib/project.ts';

// Stores what a release is compared with later: its SDK, and its contract without descriptions and examples.

const sdk = path.resolve(import.meta.dirname, '../sdk');
const kept = path.join(sdk, 'releases', version);

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).filter(
    ([name, part]) => !['example', 'examples'].includes(name) && !(name === 'description' && typeof part === 'string'),
  );
  return Object.fromEntries(parts.map(([name, part]) => [name, bare(part)]));
}

// A release doesn't change, so this fails if it has been stored before.
mkdirSync(kept);
for (const file of readdirSync(sdk)) {
  if (file.endsWith('.ts') && !file.endsWith('.test.ts')) cpSync(path.join(sdk, file), path.join(kept, file));
}
writeFileSync(path.join(kept, 'contract.json'), `${JSON.stringify(bare(presentParts()), null, 1)}\n`);
console.log(`Kept in ${path.relative(process.cwd(), kept)}. Have sdk/compatibility.test.ts compare with it.`);
