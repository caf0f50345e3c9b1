import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { response_headers } from '../reference/openapi-headers.ts';
import { limit_units, type LimitName, policyField, rateLimited, remainingField } from './limit.ts';

const names = Object.keys(limit_units) as LimitName[];

describe('a limit', () => {
  test.each([
    [{ name: 'default', quota: 100, window_s: 60 } as const, '"default";q=100;w=60'],
    [{ name: 'read', quota: 15.5, window_s: 4 } as const, '"read";q=15;qu="content-bytes";w=4'],
    [{ name: 'waiting', quota: 20 } as const, '"waiting";q=20;qu="concurrent-requests"'],
  ])('is written as the draft says: %j', (limit, field) => {
    expect(policyField(limit)).toBe(field);
  });

  test('says what remains, and its refusal says when to retry', () => {
    expect(remainingField('default', 50, 30)).toBe('"default";r=50;t=30');
    expect(rateLimited({ name: 'default', quota: 100, window_s: 60 }, 7)).toMatchObject({
      code: 'rate_limited',
      retry_after_s: 7,
      headers: { RateLimit: '"default";r=0;t=7', 'RateLimit-Policy': '"default";q=100;w=60' },
    });
  });

  test('has the form that the reference documents, whatever it counts', () => {
    const form = (header: string) => new RegExp(response_headers[header]?.schema.pattern ?? 'none');
    for (const name of names) {
      expect(policyField({ name, quota: 1, window_s: 1 })).toMatch(form('RateLimit-Policy'));
      expect(remainingField(name, 0, 1)).toMatch(form('RateLimit'));
    }
  });

  test('is explained by its name in docs/errors.md, which explains no others', () => {
    const errors = readFileSync(path.resolve(import.meta.dirname, '../../../docs/errors.md'), 'utf8');
    const [, section = ''] = /^## rate_limited\n(.*?)^## /ms.exec(errors) ?? [];
    expect([...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name)).toEqual(names);
  });
});
