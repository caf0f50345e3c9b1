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
const phone = { width: 320, height: 640 };

/** A tab, and what it complained of. */
export interface Tab {
  page: Page;
  faults: string[];
}

/** The built console on a real server, in a real browser. */
export interface Stage {
  server: TestServer;
  /** Opens a tab; without a context, in a profile of its own. */
  open: (where: string, context?: BrowserContext) => Promise<Tab>;
  stop: () => Promise<void>;
}

/** Starts one. A control breaks the console on purpose. */
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

/** Everything that a page complains of from now on, and everything it asks of others. */
function collectFaults(page: Page, own: string): string[] {
  const faults: string[] = [];
  page.setDefaultTimeout(60_000); // the machine may have a lot to do beside this
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

/** Waits until the animations are over: half-way, neither places nor colours are those that people will see. */
const settled = (page: Page): Promise<unknown> =>
  page.evaluate(
    // An animation inside a closed <details> never ends.
    `Promise.race([
      Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))).then(() => 0),
      new Promise((resolve) => setTimeout(resolve, 1000, 0)),
    ])`,
  );

/** Gives the window another size, and waits until the page has taken notice: its media queries are judged with the next frame. */
async function resize(page: Page, size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size);
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(0))))');
}

/** Rules of WCAG 2.2 AA, and those that axe calls best practice. */
const all_rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Those about colours: of two themes of one page only they can differ. */
const colour_rules = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/** What axe finds wrong with a page as it is. */
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

/** Looks at a page in both themes with axe. */
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

/** Keeps pictures of a page in both themes and on a phone, where BATON_SCREENSHOTS names a folder. */
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

/** How far a page can be scrolled sideways. */
const sidewaysOf = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/**
 * Looks at a page: in pictures, in both themes with axe, and whether it fits on the narrowest phone. Where a bar stays at the
 * edge of the window, axe needs the height of the whole page: what is partly under the bar would be too small for it.
 */
export async function look(page: Page, name: string, { height = desktop.height } = {}): Promise<void> {
  await shoot(page, name);
  await resize(page, { ...desktop, height });
  expect(await axeInBoth(page), name).toEqual([]);
  await resize(page, phone);
  await expect.poll(() => sidewaysOf(page), { message: name, timeout: 5_000 }).toBe(0); // a menu that is open follows its button
  await resize(page, desktop);
}

/** Signs somebody in by the page's form. */
export async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

/** Waits until a ticket's page is live. Opens a menu once: its script is otherwise loaded when the browser is idle, which may be too late. */
export async function untilReady(page: Page): Promise<void> {
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Priority: No priority' }).click();
  await page.getByRole('menuitemradio', { name: 'Urgent' }).waitFor();
  await page.keyboard.press('Escape');
}

/**
 * Walks in a browser, where there is one. Each is tried once more when it fails: what a busy machine draws a moment late fails one
 * try in hundreds, and a fault fails both. No other tests are tried again.
 */
export const walks = (of: string, define: () => void): void => {
  describe.skipIf(executablePath === undefined)(
    `${of} (set CHROMIUM_PATH where there is no Chromium)`,
    { retry: 1 },
    define,
  );
};
