import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../src/commands/registry.ts';
import { presets } from '../src/first-run/presets.ts';
import { presets as definitions } from '../../server/src/projects/workflow-definition.ts';
import { root, sources, violations } from './house.ts';
import { untranslated } from './sentences.ts';

const all = sources();
const longest = 250;

describe('the console', () => {
  test('keeps each kind of code in its place', () => {
    expect(all.length).toBeGreaterThan(60);
    expect(all.flatMap(violations)).toEqual([]);
  });

  test.each([
    ['list/page.tsx', "import { Menu } from '@base-ui/react/menu';", 'uses Base UI outside of ui/'],
    ['list/page.tsx', 'element.innerHTML = text;', 'sets raw HTML outside of ui/'],
    ['list/page.tsx', "await fetch('/v1/me');", 'sends requests outside of api/'],
    ['list/list.css', '.a { color: #fff; }', 'has a colour outside of tokens.css'],
    ['list/list.css', '.a { color: rgb(0 0 0); }', 'has a colour outside of tokens.css'],
    ['store/tickets.ts', "import { readFile } from 'node:fs';", 'uses what only Node.js has'],
    [
      'list/list.css',
      '.a {\n  margin-left: 4px;\n}',
      'uses left and right, which are swapped in right-to-left scripts',
    ],
    ['list/page.tsx', "import { createClient } from 'baton-sdk';", 'uses the SDK outside of api/'],
    ['list/page.tsx', "import { createClient, type Ticket } from 'baton-sdk';", 'uses the SDK outside of api/'],
    [
      'ui/button.tsx',
      "import { x } from '../list/page.tsx';",
      'imports list/page.tsx, which is on the same floor or a higher one',
    ],
    [
      'list/page.tsx',
      "import('../ticket/page.tsx');",
      'imports ticket/page.tsx, which is on the same floor or a higher one',
    ],
    [
      'api/client.ts',
      "import { B } from '../ui/button.tsx';",
      'imports ui/button.tsx, which is on the same floor or a higher one',
    ],
  ])('would break a rule in %s with %s', (file, text, says) => {
    expect(violations({ file, text })).toEqual([`${file} ${says}`]);
  });

  test.each([
    ['list/page.tsx', "import type { Ticket } from 'baton-sdk';"],
    ['list/page.tsx', "import { type Ticket, type User } from 'baton-sdk';"],
    ['api/problems.ts', "import { t } from '../ui/text.ts';"],
    ['list/page.tsx', "import { Row } from './row.tsx';\nimport { run } from '../commands/registry.ts';"],
  ])('would break no rule in %s with %s', (file, text) => {
    expect(violations({ file, text })).toEqual([]);
  });

  test(`has files of at most ${longest} lines`, () => {
    const long = all.filter(({ text }) => text.split('\n').length > longest + 1);
    expect(long.map(({ file }) => file)).toEqual([]);
  });

  test('has neither inline scripts nor inline styles in its document', () => {
    const html = readFileSync(path.join(root, '../index.html'), 'utf8');
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)|\son[a-z]+=/);
  });
});

describe('each text on the screen', () => {
  test('is a sentence of the catalog', () => {
    expect(all.flatMap(untranslated)).toEqual([]);
  });

  test.each([
    ['<p>Nothing here</p>', 'the text Nothing here is in no catalog'],
    ['<input placeholder="Search" />', 'the placeholder Search is in no catalog'],
    ['t(`Hello ${name}`)', 'a sentence is given something other than a sentence'],
    ["t('Hello ' + name)", 'a sentence is given something other than a sentence'],
    ["t('Hello {name}')", 'a sentence names name, but gets '],
    ["t('Hello', { name })", 'a sentence names , but gets name'],
    ["t('Hello {name}', values)", 'a sentence is given values without their names'],
    ['t("That\'s {name}", { name })', 'a sentence has a straight apostrophe, which quotes in ICU’s format: write ’'],
    ["t('Ctrl+Enter sends')", 'a sentence names a key that differs on a Mac: use shownKeys'],
  ])('would be rejected: %s', (text, says) => {
    expect(untranslated({ file: 'a.tsx', text })).toEqual([`a.tsx:1 ${says}`]);
  });

  test.each([
    "t('{count, plural, one {# draft} other {# drafts}} of {name}', { count, name: a.name })",
    "<p>{t('a b')} · </p>",
  ])('would be accepted: %s', (text) => {
    expect(untranslated({ file: 'a.tsx', text })).toEqual([]);
  });
});

test('every command is bound on some page', () => {
  const elsewhere = all.filter(({ file }) => !/^commands\/|\.test\./.test(file)).map(({ text }) => text);
  const binding = elsewhere.filter((text) => text.includes('useCommands(')).join('\n');
  // The settings' commands are bound together, and the compiler checks that each has a page.
  const bound_alone = Object.keys(commands).filter((id) => !/^(settings|my)_/.test(id));
  expect(bound_alone.filter((id) => !new RegExp(`\\b${id}: `).test(binding))).toEqual([]);
});

test.each(presets())('the picture of the workflow $name matches the server’s workflow', ({ name, statuses, steps }) => {
  const { statuses: of_server, transitions } = definitions[name];
  expect(statuses).toEqual(of_server);
  const pairs = (all_steps: readonly (readonly [string, string])[]) =>
    all_steps.map((step) => step.join(' ')).toSorted();
  expect(pairs(steps)).toEqual(pairs(transitions.map(({ from, to }) => [from, to] as const)));
});
