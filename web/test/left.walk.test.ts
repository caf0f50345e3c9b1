import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { joinWorkspace } from '../../proof/harness/people.ts';
import { look, type Stage, startStage, walks } from './browser.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

const patience = 180_000;

walks('a removed member', () => {
  let stage: Stage;
  let harbour: Harbour;

  beforeAll(async () => {
    stage = await startStage();
    harbour = await makeHarbour(stage, ['Oil the winch']);
    await harbour.grace.client.create_workspace({ body: { name: 'Lighthouse' } });
  }, patience);
  afterAll(() => stage.stop());

  const card = (page: Page) => page.getByRole('link', { name: /Oil the winch/ });
  const says_left = (page: Page) => page.getByRole('heading', { name: 'You are no longer a member of Harbour' });

  /** Grace opens the board and is removed. `before` runs on her page first. */
  async function remove(before: (page: Page) => Promise<unknown>) {
    const { ada, grace, workspace_id } = harbour;
    const tab = await openAs(stage, grace, `/w/${workspace_id}/p/ENG/board`);
    await card(tab.page).waitFor();
    await before(tab.page);
    await ada.client.remove_member({ workspace_id, user_id: grace.user.id });
    return tab;
  }
  const takeBack = () => joinWorkspace(harbour.ada, harbour.grace, harbour.workspace_id, 'member');

  test('is told so when the stream ends, sees nothing of the workspace any more, and can go to another one', {
    timeout: patience,
  }, async () => {
    const { page } = await remove(() => Promise.resolve());
    await says_left(page).waitFor();
    expect(await page.locator('body').innerText()).not.toMatch(/Oil the winch|Reconnecting/);
    await look(page, 'left');
    await page.getByRole('link', { name: 'Go to Lighthouse' }).click();
    await page.waitForURL(/new-project/);
    // After she was added again, the same tab shows the workspace.
    await takeBack();
    await page.goBack();
    await card(page).waitFor();
    await page.context().close();
  });

  test('is not told that a ticket was deleted, if no event arrives', { timeout: patience }, async () => {
    const { page } = await remove(async (opened) => {
      // The stream's connection hangs, so no event arrives.
      await opened.route(/\/events\?/, () => undefined);
      await opened.reload();
      await card(opened).waitFor();
    });
    await card(page).click();
    await says_left(page).waitFor();
    expect(await page.getByText('ENG-1 was deleted').count()).toBe(0);
    await takeBack();
    await page.getByRole('button', { name: 'Try again' }).click();
    await card(page).waitFor();
    await page.context().close();
  });
});
