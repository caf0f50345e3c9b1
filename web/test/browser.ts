import { mkdirSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { startServer, type TestServer } from '../../proof/harness/server.ts';
import { chromium_flags, findChromium } from '../../scripts/chromium.ts';
import { type Broken, builtConsole } from './consoles.ts';

export const executablePath = findChromium();
export const desktop = { width: 1280, height: 800 };
export const phone = { width: 320, height: 640 };

/** A tab, and its faults: errors, warnings, and requests to other servers. */
export interface Tab {
  page: Page;
  faults: string[];
}

/** The built console on a real server, in a real browser. */
export interface Stage {
  server: TestServer;
  /** Opens a tab; without a context, in a new browser profile. */
  open: (where: string, context?: BrowserContext) => Promise<Tab>;
  stop: () => Promise<void>;
}

/** Starts a stage. A control passes faults to build into the console. */
export async function startStage(
  environment: Record<string, string> = {},
  broken: readonly Broken[] = [],
): Promise<Stage> {
  const server = await startServer(environment, { console_dir: await builtConsole(broken) });
  const browser: Browser = await chromium.launch({ executablePath: executablePath ?? '', args: chromium_flags });
  return {
    server,
    async open(where, context) {
      const page = await (context ?? (await browser.newContext({ viewport: desktop }))).newPage();
      const faults = collectFaults(page, server.url);
      await page.goto(server.url + where);
      return { page, faults };
    },
    async stop() {
      await browser.close();
      await server.stop();
    },
  };
}

/** Collects the page's errors and warnings, and its requests to other servers, from now on. */
function collectFaults(page: Page, own: string): string[] {
  const faults: string[] = [];
  page.setDefaultTimeout(60_000); // the machine may be busy with other tests
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(own) && !/^(data|blob):/.test(request.url())) faults.push(request.url());
  });
  return faults;
}

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** Waits until animations have finished: before that, places and colours are not the final ones. */
const settled = (page: Page): Promise<unknown> =>
  page.evaluate(
    // An animation inside a closed <details> never finishes.
    `Promise.race([
      Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))).then(() => 0),
      new Promise((resolve) => setTimeout(resolve, 1000, 0)),
    ])`,
  );

/** Resizes the window, and waits until the page has applied it: media queries are evaluated in the next frame. */
async function resize(page: Page, size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size);
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(0))))');
}

/** The rules of WCAG 2.2 AA, and axe's best practices. */
const all_rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules about colours, which alone can differ between two themes of a page. */
const colour_rules = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/** Returns the faults that axe finds in a page. */
export async function axeFaults(page: Page, runOnly: unknown = all_rules): Promise<string[]> {
  await settled(page);
  await page.evaluate(axe.source);
  const options = JSON.stringify({ runOnly, resultTypes: ['violations'] });
  const { violations } = await page.evaluate<AxeResult>(`axe.run(document, ${options})`);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

const schemes = ['light', 'dark'] as const;

/** Checks a page with axe in both themes. */
async function axeInBoth(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    const rules = colorScheme === 'light' ? all_rules : colour_rules;
    found.push(...(await axeFaults(page, rules)).map((fault) => `${colorScheme} ${fault}`));
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}

const shots = process.env['BATON_SCREENSHOTS'];

/** If BATON_SCREENSHOTS names a folder, takes screenshots of a page there, in both themes and on a phone. */
async function shoot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    await page.screenshot({ path: path.join(shots, `${name}-${colorScheme}.png`) });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await resize(page, phone);
  await settled(page);
  await page.screenshot({ path: path.join(shots, `${name}-phone.png`) });
  await resize(page, desktop);
}

/** Returns how far a page can be scrolled sideways, in pixels. */
const sidewaysOf = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/**
 * Checks a page: takes screenshots, runs axe in both themes, and checks that it fits on the narrowest phone. If a bar
 * stays at the edge of the window, pass the height of the whole page, because axe finds elements that are partly under
 * the bar too small.
 */
export async function look(page: Page, name: string, { height = desktop.height } = {}): Promise<void> {
  await shoot(page, name);
  await resize(page, { ...desktop, height });
  expect(await axeInBoth(page), name).toEqual([]);
  await resize(page, phone);
  await expect.poll(() => sidewaysOf(page), { message: name, timeout: 5_000 }).toBe(0); // an open menu follows its button
  await resize(page, desktop);
}

/** Signs somebody in with the page's form. */
export async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

/**
 * Waits until a ticket's page is live, and opens a menu once: otherwise its script would load only when the browser is
 * idle, which may be too late.
 */
export async function untilReady(page: Page): Promise<void> {
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Priority: No priority' }).click();
  await page.getByRole('menuitemradio', { name: 'Urgent' }).waitFor();
  await page.keyboard.press('Escape');
}

/**
 * Defines walks, which need a browser. A failed one is retried once: a busy machine, which renders something a moment
 * late, fails one attempt in hundreds, but a real fault fails both. No other tests are retried.
 */
export const walks = (of: string, define: () => void): void => {
  describe.skipIf(executablePath === undefined)(
    `${of} (set CHROMIUM_PATH where there is no Chromium)`,
    { retry: 1 },
    define,
  );
};
