import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desktop, executablePath, phone, type Stage, startStage } from './browser.ts';
import type { Broken } from './consoles.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

const patience = 180_000;
/** Long enough for a request that doesn't wait to be sent. */
const moment_ms = 500;

/** A console in which nothing waits for the first tickets. */
const nothing_waits: Broken[] = [{ file: 'api/later.ts', find: 'if (is_first) await', replace: 'if (false) await' }];

const first = ['auth/refresh', 'workspaces', 'W/projects/ENG/workflow'];
const rest = ['W/notifications/unread-count', 'W/projects', 'policy'];
const of_list = ['open', 'in_progress', 'waiting'].map((status) => `W/tickets ${status}`);

const pages = [
  { layout: 'board', tickets: ['W/projects/ENG/board'] },
  { layout: 'list', tickets: of_list },
];

/** Holds back a tab's requests to addresses that match, until the returned function is called. */
async function hold(page: Page, held: RegExp): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route(held, async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}
const tickets = /\/(?:board|tickets)\?/;
const policy = /\/v1\/policy$/;

describe.skipIf(executablePath === undefined).each([
  { does: 'come before all else', broken: [], also: [] },
  { does: 'would come with all else if nothing waited', broken: nothing_waits, also: rest },
])('the first tickets of a fresh tab $does (set CHROMIUM_PATH)', ({ broken, also }) => {
  let stage: Stage;
  let harbour: Harbour;

  beforeAll(async () => {
    stage = await startStage({}, broken);
    harbour = await makeHarbour(stage, ['Oil the winch', 'Paint the rail']);
  }, patience);
  afterAll(() => stage.stop());

  const at = (layout: string) => `/w/${harbour.workspace_id}/p/ENG/${layout}`;

  /** Opens an empty tab of somebody who has used the console in this browser before. */
  async function freshTab(person: Harbour['ada']): Promise<Page> {
    const { page } = await openAs(stage, person, at('board'));
    await page.locator('.card').first().waitFor();
    return page.context().newPage();
  }

  /** Lists the API requests of a tab from now on, without the stream of events. */
  function listRequests(page: Page): string[] {
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      const path = pathname.replace(`/v1/workspaces/${harbour.workspace_id}`, 'W').replace('/v1/', '');
      if (pathname.startsWith('/v1/') && !path.endsWith('/events')) {
        asked.push(path === 'W/tickets' ? `${path} ${searchParams.get('status') ?? ''}` : path);
      }
    });
    return asked;
  }

  test.each(pages)('on a $layout', { timeout: patience }, async ({ layout, tickets: own }) => {
    const page = await freshTab(harbour.ada);
    const asked = listRequests(page);
    const letGo = await hold(page, tickets);
    await page.goto(stage.server.url + at(layout));
    await expect.poll(() => asked, { timeout: 30_000 }).toEqual(expect.arrayContaining(own));
    await page.waitForTimeout(moment_ms);
    expect(asked.toSorted()).toEqual([...first, ...own, ...also].toSorted());
    letGo();
    await page.locator('[data-id]').first().waitFor();
    await expect.poll(() => asked, { timeout: 30_000 }).toEqual(expect.arrayContaining(rest));
    await page.getByRole('button', { name: 'Project: Engineering' }).waitFor();
    await page.context().close();
  });

  describe.skipIf(broken.length > 0)('and the page', () => {
    test('doesn’t wait for ever for tickets that don’t come', { timeout: patience }, async () => {
      const page = await freshTab(harbour.ada);
      const letGo = await hold(page, tickets);
      await page.goto(stage.server.url + at('board'));
      await page.getByRole('button', { name: 'Project: Engineering' }).waitFor();
      expect(await page.locator('.card').count()).toBe(0);
      letGo();
      await page.locator('.card').first().waitFor();
      await page.context().close();
    });

    test.each([desktop, phone])(
      'moves nothing in a window of $width pixels when the rest arrives',
      {
        timeout: patience,
      },
      async (size) => {
        const page = await freshTab(harbour.ada);
        await page.setViewportSize(size);
        const letGo = await hold(page, policy);
        await page.goto(stage.server.url + at('board'));
        const places = () =>
          page.evaluate<number[]>(`[...document.querySelectorAll(
          '.header-acts > *, .card, .column-name, [aria-label^="Workspace:"]')].map((one) => {
            const { x, y } = one.getBoundingClientRect();
            return [Math.round(x), Math.round(y)];
          })`);
        await page.locator('.card').first().waitFor();
        const before = await places();
        expect(before.length).toBeGreaterThan(6);
        await page.getByRole('button', { name: 'Project: Engineering' }).waitFor();
        letGo();
        await page.getByRole('button', { name: 'New ticket in Open' }).waitFor();
        expect(await places()).toEqual(before);
        await page.context().close();
      },
    );

    test('offers nothing before it knows the rights, but moves the cards that may be moved', {
      timeout: patience,
    }, async () => {
      const { ada, workspace_id } = harbour;
      const page = await freshTab(ada);
      const letGo = await hold(page, policy);
      await page.goto(stage.server.url + at('board'));
      const card = page.locator('.card').filter({ hasText: 'Paint the rail' });
      await card.getByRole('link').focus();
      const create = page.getByRole('button', { name: 'New ticket', exact: true });
      expect(await create.getAttribute('aria-disabled')).toBe('true');
      expect(await create.getAttribute('title')).toBe('What you may do here is still being loaded.');
      expect(await page.getByRole('button', { name: 'New ticket in Open' }).count()).toBe(0);
      for (const key of ['Space', 'ArrowRight', 'Space']) await page.keyboard.press(key);
      const status = async () => (await ada.client.get_ticket({ workspace_id, ticket: 'ENG-2' })).status;
      await expect.poll(status).toBe('in_progress');
      letGo();
      await page.getByRole('button', { name: 'New ticket in Open' }).waitFor();
      expect(await create.getAttribute('aria-disabled')).toBe(null);
      await page.context().close();
    });

    test('lets a viewer move nothing, even before it knows the rights', { timeout: patience }, async () => {
      const { ada, grace, workspace_id } = harbour;
      const { version } = await ada.client.get_member({ workspace_id, user_id: grace.user.id });
      await ada.client.update_member({ workspace_id, user_id: grace.user.id, body: { role: 'viewer', version } });
      const page = await freshTab(grace);
      const letGo = await hold(page, policy);
      const writes: string[] = [];
      page.on('request', (request) => {
        if (!['GET', 'POST'].includes(request.method()) || /\/tickets/.test(request.url())) writes.push(request.url());
      });
      await page.goto(stage.server.url + at('board'));
      await page.locator('.card').filter({ hasText: 'Oil the winch' }).getByRole('link').focus();
      const said = () => page.locator('p.hidden[role=status]').textContent();
      await page.keyboard.press('Space');
      await expect.poll(said).toMatch(/^ENG-1 lifted/);
      await page.keyboard.press('ArrowRight');
      await expect.poll(said).toContain('The step from Open to In progress is for other roles.');
      await page.keyboard.press('Escape');
      letGo();
      const create = page.getByRole('button', { name: 'New ticket', exact: true });
      await expect.poll(() => create.getAttribute('title')).toMatch(/^Your role here is viewer/);
      expect(writes).toEqual([]);
      await page.context().close();
    });
  });
});
