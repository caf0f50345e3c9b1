import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notifyPeople } from '../../proof/harness/events.ts';
import { axeFaults, look, type Stage, startStage, walks } from './browser.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

walks('the inbox', () => {
  let stage: Stage;
  let harbour: Harbour;
  let inbox: string;
  beforeAll(async () => {
    stage = await startStage();
    harbour = await makeHarbour(stage);
    inbox = `/w/${harbour.workspace_id}/inbox`;
    await happen();
  }, 120_000);
  afterAll(() => stage.stop());

  /**
   * Ada assigns a ticket to Grace, mentions her below many other comments, and moves another ticket that Grace
   * reported.
   */
  async function happen(): Promise<void> {
    const { workspace_id, project_id, ada, grace } = harbour;
    const at = { workspace_id, project_id };
    const title = 'The crane drops its load';
    const crane = await ada.client.create_ticket({ ...at, body: { title, assignee_id: grace.user.id } });
    for (let n = 1; n <= 12; n++) {
      await ada.client.create_comment({ workspace_id, ticket: crane.id, body: { body: `Seen on day ${n}.` } });
    }
    const body = `@${grace.user.id}, is it the brake?`;
    await ada.client.create_comment({ workspace_id, ticket: crane.id, body: { body } });
    const gate = await grace.client.create_ticket({ ...at, body: { title: 'The gate sticks' } });
    await ada.client.transition_ticket({ workspace_id, ticket: gate.id, body: { to: 'in_progress' } });
    await notifyPeople(stage.server.database.url);
  }

  const rows = (page: Page) => page.locator('.note');
  const row = (page: Page, says: string) => rows(page).filter({ hasText: says });
  const headTold = (page: Page) => page.locator('.inbox-head').innerText();

  test('is read, archived, snoozed and brought back by keys, and confirms each action', async () => {
    const { page, faults } = await openAs(stage, harbour.grace, `/w/${harbour.workspace_id}/p/ENG/list`);
    await page.getByRole('link', { name: 'Inbox, 15 unread' }).waitFor();
    expect(await page.title()).toMatch(/^\(15\) /);
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByRole('heading', { name: 'Inbox' }).waitFor();
    await row(page, 'Ada Lovelace moved it to In progress').waitFor();
    expect(await rows(page).count()).toBe(15);
    await look(page, 'inbox');

    // Open the first notification and the next one, which marks them as read.
    await page.keyboard.press('j');
    await page.getByRole('heading', { name: 'The gate sticks' }).waitFor();
    await page.getByRole('link', { name: 'Inbox, 14 unread' }).waitFor();
    await page.keyboard.press('j');
    await page.getByRole('heading', { name: 'The crane drops its load' }).waitFor();
    expect(await headTold(page)).toContain('Ada Lovelace mentioned you');
    const cause = page.locator('[data-cause]');
    await cause.waitFor();
    expect(await cause.innerText()).toContain('is it the brake?');
    const { y = 0, height = 0 } = (await cause.boundingBox()) ?? {};
    expect(y).toBeGreaterThan(0);
    expect(y + height).toBeLessThan(page.viewportSize()?.height ?? 0);
    await look(page, 'inbox-open');

    await page.keyboard.press('u');
    await page.getByRole('link', { name: 'Inbox, 14 unread' }).waitFor();
    await page.keyboard.press('e');
    await page.getByText('ENG-1 is done').waitFor();
    await row(page, 'mentioned you').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await row(page, 'mentioned you').waitFor();

    await row(page, 'mentioned you').getByRole('link').click();
    await page.keyboard.press('h');
    await page.getByRole('menuitem', { name: 'Tomorrow' }).waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('menuitem', { name: 'Tomorrow' }).click();
    await page.getByText(/ENG-1 comes back: .*09:00/).waitFor();
    await page.getByRole('link', { name: 'Later', exact: true }).click();
    await row(page, 'mentioned you').waitFor();
    const { data } = await harbour.grace.client.list_notifications({
      workspace_id: harbour.workspace_id,
      folder: 'snoozed',
    });
    expect(data.map(({ kinds }) => kinds)).toEqual([['commented', 'mentioned']]);
    await row(page, 'mentioned you').getByRole('link').click();
    await page.getByRole('button', { name: 'Back into the inbox', exact: true }).click();
    await page.getByText('ENG-1 is in the inbox again').waitFor();

    // Mark all as read.
    await page.getByRole('link', { name: /^Unread/ }).click();
    await row(page, 'mentioned you').waitFor();
    await page.keyboard.press('Shift+E');
    await page.getByText(/are read now/).waitFor();
    await page.getByRole('heading', { name: 'You are up to date' }).waitFor();
    await page.getByRole('link', { name: 'Inbox', exact: true }).waitFor();
    expect(await page.title()).toBe('Inbox · Baton');
    await look(page, 'inbox-empty');
    expect(faults).toEqual([]);
  }, 180_000);

  test('shows either the list or the ticket on a phone, and restores the focus', async () => {
    const { page, faults } = await openAs(stage, harbour.grace, `${inbox}?folder=inbox`);
    await page.setViewportSize({ width: 320, height: 640 });
    await rows(page).first().waitFor();
    await rows(page).first().getByRole('link').click();
    await page.getByRole('button', { name: 'Done', exact: true }).waitFor();
    expect(await page.locator('.inbox-side').isVisible()).toBe(false);
    await page.goBack();
    await rows(page).first().waitFor();
    expect(await page.evaluate('document.activeElement.className')).toBe('note-link');
    expect(faults).toEqual([]);
  }, 60_000);

  test('reverts what the server refuses, and says so', async () => {
    const { page } = await openAs(stage, harbour.grace, `${inbox}?folder=inbox`);
    await rows(page).first().waitFor();
    const before = await rows(page).count();
    await page.route('**/notifications/*', (route) =>
      route.request().method() === 'PATCH'
        ? route.fulfill({
            status: 404,
            contentType: 'application/problem+json',
            body: JSON.stringify({
              type: '/docs/errors#not_found',
              title: 'Not found',
              status: 404,
              code: 'not_found',
            }),
          })
        : route.continue(),
    );
    await rows(page).first().hover();
    await rows(page)
      .first()
      .getByRole('button', { name: /is done$/ })
      .click();
    await page.getByText('The inbox is as it was').waitFor();
    expect(await rows(page).count()).toBe(before);
  }, 60_000);

  test('shows new notifications by itself', async () => {
    const { page } = await openAs(stage, harbour.grace, inbox);
    await page.getByRole('heading', { name: 'Inbox' }).waitFor();
    const { workspace_id, ada } = harbour;
    await ada.client.create_comment({ workspace_id, ticket: 'ENG-2', body: { body: 'Oil helps.' } });
    await notifyPeople(stage.server.database.url);
    await row(page, 'Oil helps.').waitFor({ timeout: 40_000 });
    await expect.poll(() => page.title(), { timeout: 20_000 }).toMatch(/^\(\d+\) /);
  }, 90_000);
});
