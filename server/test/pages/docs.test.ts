import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromium_flags, findChromium } from '../../../scripts/chromium.ts';
import { contracts } from '../../src/contracts.ts';
import { tags } from '../../src/reference/openapi.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

const executablePath = findChromium();
const phone = { width: 390, height: 844 };
const kept = process.env['BATON_SCREENSHOTS'];
const shots = kept ?? mkdtempSync(path.join(os.tmpdir(), 'baton-pages-'));

describe.skipIf(executablePath === undefined)('the pages (set CHROMIUM_PATH if Chromium is not found)', () => {
  let server: TestServer;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    server = await startServer();
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: chromium_flags });
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    if (kept === undefined) rmSync(shots, { recursive: true });
  });

  /** Opens a page. Collects its errors and the URLs that it requests from other origins. */
  async function open(where: string): Promise<{ page: Page; faults: string[] }> {
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) faults.push(request.url());
    });
    page.setDefaultTimeout(100_000); // drawing every operation is the browser's hardest work
    await page.goto(server.url + where, { waitUntil: 'networkidle' });
    return { page, faults };
  }

  test('the reference shows every operation with examples, folds errors, and loads nothing from other origins', async () => {
    const { page, faults } = await open('/docs');
    await page.waitForSelector('.opblock');
    expect(await page.locator('.opblock').count()).toBe(contracts.length);
    const shown = page.locator('.opblock-tag');
    expect(await shown.evaluateAll((all) => all.map((tag) => tag.getAttribute('data-tag')))).toEqual(Object.keys(tags));
    await page.locator('#operations-transitions-transition_ticket .opblock-summary-control').click();
    const folded = page.getByRole('button', { name: /409 .*transition_not_allowed/ });
    await folded.waitFor();
    const height = await page
      .locator('#operations-transitions-transition_ticket')
      .evaluate((block) => block.clientHeight);
    expect(height).toBeLessThan(3000); // unfolded, its errors would take 8,000 pixels
    await folded.click();
    await page.getByText('"allowed_transitions"').first().waitFor();
    const file = path.join(shots, 'docs-page.png');
    await page.evaluate('window.scrollTo(0, 0)');
    await page.screenshot({ path: file });
    expect(statSync(file).size).toBeGreaterThan(20_000);

    // The first operation is registration, and examples are the same each time.
    const summaries = page.locator('.opblock-summary-path');
    expect(await summaries.first().innerText()).toContain('register');
    await page.locator('#operations-accounts-register .opblock-summary-control').click();
    await page.locator('#operations-accounts-register .try-out__btn').click();
    const body = await page.locator('#operations-accounts-register textarea').inputValue();
    expect(JSON.parse(body)).toEqual({ email: 'ada@example.com', password: 'correct horse battery', name: 'Ada' });
    await page.locator('#operations-tickets-list_tickets .opblock-summary-control').click();
    await page.locator('#operations-tickets-list_tickets .try-out__btn').click();
    const filters = page.locator('#operations-tickets-list_tickets tr[data-param-in="query"] input');
    const filled = await filters.evaluateAll((inputs) => inputs.map((input) => (input as { value?: string }).value));
    expect(filled.filter((value) => value !== '')).toEqual(['50', 'start', 'UTC']); // the defaults of limit, cursor and time_zone
    await page.locator('#operations-accounts-register').screenshot({ path: path.join(shots, 'docs-try.png') });
    await page.setViewportSize(phone);
    const described = await page.locator('.opblock-tag small').first().boundingBox();
    expect(described?.width).toBeGreaterThan(phone.width * 0.75);
    expect(faults).toEqual([]);
  }, 120_000);

  test('each error has a section at the URL of its `type`', async () => {
    const { page, faults } = await open('/docs/errors#transition_not_allowed');
    expect(await page.locator('h2:target').innerText()).toBe('transition_not_allowed');
    expect(await page.locator('h2:target + p').innerText()).toMatch(/^409: /);
    expect(await page.locator('h2:target + p + p').innerText()).toContain('choose one of');
    await page.screenshot({ path: path.join(shots, 'errors-page.png') });
    await page.setViewportSize(phone);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width);
    expect(faults).toEqual([]);
  });

  test('control: a script from another origin is noticed', async () => {
    const { page, faults } = await open('/docs/errors');
    await page.evaluate(`(() => {
      const script = document.createElement('script');
      script.src = 'http://127.0.0.1:1/x.js';
      document.head.append(script);
    })()`);
    await page.waitForTimeout(200);
    expect(faults.join()).toContain('Content Security Policy');
    await page.close();
  });
});
