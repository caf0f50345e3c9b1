import { describe, expect, test } from 'vitest';
import { htmlOf } from './markdown-html.ts';

const hrefOf = (key: string) => (key.startsWith('ENG-') ? `/w/1/t/${key}` : undefined);
const named = (text: string, written: (name: string) => string) =>
  text.replaceAll('@7', () => written('@J. R. <O*Neil>'));
const html = (text: string) => htmlOf(text, { hrefOf, named }).trim();

describe('markdown', () => {
  test('shows HTML as text', () => {
    expect(html('a <b onclick="x()">b</b> <!-- c -->')).not.toMatch(/<(?!\/?p>)/);
    expect(html('<script>alert(1)</script>')).not.toContain('<script');
    expect(html('<img src=x onerror=alert(1)>')).not.toContain('<img');
  });

  test.each(['[x](javascript:alert)', '![x](javascript:alert)', '[x](data:text/html,1)'])(
    'shows an address that would run code as plain text: %s',
    (text) => {
      expect(html(text)).toBe(`<p>${text}</p>`);
    },
  );

  test('links to other sites, to this server and to mail addresses', () => {
    for (const href of ['https://a.example/b?c=d:e', '/w/1', '#part', 'mailto:ada@example.org', 'notes/a:b']) {
      expect(html(`[x](${href})`)).toBe(`<p><a href="${href}">x</a></p>`);
    }
  });

  const shown = '@J. R. &lt;O*Neil&gt;';
  test.each([
    ['Hi @7!', `<p>Hi <strong>${shown}</strong>!</p>`],
    ['请@7看', `<p>请<strong>${shown}</strong>看</p>`],
    [
      '- [x @7](https://a.example)',
      `<ul>\n<li><a href="https://a.example">x <strong>${shown}</strong></a></li>\n</ul>`,
    ],
    ['`@7`', `<p><code>${shown}</code></p>`],
    ['```\n@7\n```', `<pre><code>${shown}\n</code></pre>`],
    ['<b>@7</b>', `<p>&lt;b&gt;<strong>${shown}</strong>&lt;/b&gt;</p>`],
  ])('shows the names of mentioned people, in bold except in code: %s', (text, expected) => {
    expect(html(text)).toBe(expected);
  });

  test('supports line breaks, lists, tasks, tables and code', () => {
    expect(html('a\nb')).toBe('<p>a<br>b</p>');
    expect(html('- [x] done')).toContain('checked');
    expect(html('| a |\n|---|\n| b |')).toContain('<td>b</td>');
    expect(html('`<b>`')).toBe('<p><code>&lt;b&gt;</code></p>');
  });

  test.each([
    ['see ENG-7.', '<p>see <a href="/w/1/t/ENG-7">ENG-7</a>.</p>'],
    ['**ENG-7**', '<p><strong><a href="/w/1/t/ENG-7">ENG-7</a></strong></p>'],
    ['ENG-7 and ENG-8', '<p><a href="/w/1/t/ENG-7">ENG-7</a> and <a href="/w/1/t/ENG-8">ENG-8</a></p>'],
    ['UTF-8', '<p>UTF-8</p>'],
    ['xENG-7', '<p>xENG-7</p>'],
    ['ENG-7b and ENG-7-8', '<p>ENG-7b and ENG-7-8</p>'],
    ['ENG-0', '<p>ENG-0</p>'],
    ['[see ENG-7](https://a.example)', '<p><a href="https://a.example">see ENG-7</a></p>'],
    ['- ENG-7', '<ul>\n<li><a href="/w/1/t/ENG-7">ENG-7</a></li>\n</ul>'],
    ['`ENG-7`', '<p><code>ENG-7</code></p>'],
  ])('links the keys of tickets: %s', (text, expected) => {
    expect(html(text)).toBe(expected);
  });
});
