import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { look, type Stage, startStage, walks } from './browser.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

const patience = 180_000;

walks('a part of the page that can’t be loaded', () => {
  let stage: Stage;
  let harbour: Harbour;

  beforeAll(async () => {
    stage = await startStage();
    harbour = await makeHarbour(stage, ['Oil the winch']);
  }, patience);
  afterAll(() => stage.stop());

  async function openBoard(): Promise<Page> {
    const { page } = await openAs(stage, harbour.ada, `/w/${harbour.workspace_id}/p/ENG/board`);
    await page.getByRole('link', { name: /Oil the winch/ }).waitFor();
    return page;
  }

  test('waits for the connection and says so, without calling it a fault of the page', {
    timeout: patience,
  }, async () => {
    const page = await openBoard();
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Analytics' }).click();
    const notice = page.getByRole('alert').filter({ hasText: 'Not connected. What you opened is loaded' });
    await notice.getByRole('button', { name: 'Try again' }).waitFor();
    await look(page, 'part-not-loaded');
    expect(await page.getByText('fault of the page').count()).toBe(0);
    await page.context().setOffline(false);
    await page
      .getByRole('heading', { name: /Engineering/ })
      .first()
      .waitFor();
    await page.waitForURL(/analytics/);
    await notice.waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('offers the newer version of the console if its own is gone', { timeout: patience }, async () => {
    const page = await openBoard();
    await page.route(/\/assets\//, (route) => route.fulfill({ status: 404 }));
    await page.route(stage.server.url + '/', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<script type="module" src="/assets/newer.js"></script>' }),
    );
    await page.getByRole('link', { name: 'Analytics' }).click();
    const notice = page.getByRole('alert').filter({ hasText: 'A newer version of Baton is there' });
    await notice.waitFor();
    await page.unrouteAll();
    await notice.getByRole('button', { name: 'Reload' }).click();
    await page
      .getByRole('link', { name: /Oil the winch/ })
      .or(page.getByRole('heading', { name: /Engineering/ }))
      .first()
      .waitFor();
    await page.context().close();
  });

  test('is not one that matters offline, such as the question before signing out with unsent texts', {
    timeout: patience,
  }, async () => {
    const page = await openBoard();
    await page.getByRole('link', { name: /Oil the winch/ }).click();
    await page.getByRole('textbox', { name: 'Comment' }).fill('Not sent yet');
    // This also checks that a board beside its ticket fits on a phone.
    await look(page, 'board-beside');
    // Wait until the parts that load in the background are there.
    await page.waitForLoadState('networkidle').catch(() => undefined);
    await expect
      .poll(() =>
        page.evaluate(`performance.getEntriesByType('resource').some(({ name }) => /leave-dialog/.test(name))`),
      )
      .toBe(true);
    await page.context().setOffline(true);
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: /Sign out/ }).click();
    await page.getByRole('dialog', { name: 'Sign out with drafts?' }).waitFor();
    expect(await page.getByText('fault of the page').count()).toBe(0);
    await page.context().close();
  });
});
