import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../proof/harness/served.ts';
import { store_rules } from '../../../proof/harness/store-rules.ts';
import { ConfigError } from '../config.ts';
import { openFolder } from './folder.ts';
import { inParts } from './parts.ts';
import { openS3 } from './s3.ts';

// npm run prove tries the same rules with a store in S3.
describe('a store in a folder', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'baton-store-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  test.each(Object.entries(store_rules))('%s', async (_, rule) => {
    const files = () => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const stored = () => files().map(({ parentPath, name }) => statSync(path.join(parentPath, name)).size);
    await rule({ store: openFolder(dir), stored });
    expect(stored()).toEqual([]);
  });
});

describe('a store in S3', () => {
  test('whose server can’t be reached fails the check at start-up with an error that names the setting', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    const refused = openS3({ bucket: 'tickets', endpoint, region: 'us-east-1', credentials }).check();
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(/^BATON_ATTACHMENTS_S3_ENDPOINT can't be used: .*\(ECONNREFUSED\)/);
  });
});

describe('a file in parts', () => {
  const partsOf = async (...chunks: string[]) => {
    const found: [string, boolean][] = [];
    const bytes = (async function* () {
      for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
    })();
    for await (const part of inParts(bytes, 4)) found.push([Buffer.from(part.bytes).toString(), part.is_last]);
    return found;
  };

  test('has parts of one size, whatever the sizes of what arrives, and a last one that may be shorter', async () => {
    expect(await partsOf()).toEqual([['', true]]);
    expect(await partsOf('abc')).toEqual([['abc', true]]);
    expect(await partsOf('ab', 'cd')).toEqual([['abcd', true]]);
    const three = [
      ['abcd', false],
      ['efgh', false],
      ['i', true],
    ];
    expect(await partsOf('abcdefghi')).toEqual(three);
    expect(await partsOf('a', '', 'bcde', 'fg', 'hi')).toEqual(three);
    expect(await partsOf('abcdefgh', '')).toEqual([
      ['abcd', false],
      ['efgh', true],
    ]);
  });
});
