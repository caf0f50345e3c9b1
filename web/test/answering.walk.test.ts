import type { Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { look, type Stage, startStage, walks } from './browser.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

const patience = 180_000;

/** The server's response while its database is unavailable. */
const unavailable = (route: Route) =>
  route.fulfill({
    status: 503,
    contentType: 'application/problem+json',
    json: {
      type: 'urn:baton:problem:database_unavailable',
      title: 'Database unavailable',
      status: 503,
      code: 'database_unavailable',
    },
  });

walks('a server that does not respond', () => {
  let stage: Stage;
  let harbour: Harbour;

  beforeAll(async () => {
    stage = await startStage();
    harbour = await makeHarbour(stage, ['Oil the winch']);
  }, patience);
  afterAll(() => stage.stop());

  const tickets = /\/v1\/workspaces\/[^/]+\/tickets/;
  const row = (page: Page) => page.getByRole('link', { name: /Oil the winch/ });
  const state = (page: Page, name: string) => page.locator('.dot').getByText(name, { exact: true });
  const openBoard = async () => {
    const { page } = await openAs(stage, harbour.ada, `/w/${harbour.workspace_id}/p/ENG/board`);
    await row(page).waitFor();
    return page;
  };

  test('is not shown as live, the list says so, and the list loads once the server responds', {
    timeout: patience,
  }, async () => {
    const page = await openBoard();
    await state(page, 'Live').waitFor();
    await page.route(tickets, unavailable);
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.getByRole('heading', { name: 'The tickets could not be loaded.' }).waitFor();
    await state(page, 'Not responding').waitFor();
    await page.getByText(/^The server has not responded since \d\d:\d\d\.$/).waitFor();
    await page.getByText(/^Trying again in \d+ s\.$/).waitFor();
    await look(page, 'not-answering');
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Try now' }).click();
    await row(page).waitFor();
    await state(page, 'Live').waitFor();
    await page.context().close();
  });

  test('is shown as slow after 5 s, and the pending requests can be sent again', { timeout: patience }, async () => {
    const page = await openBoard();
    let hangs = true;
    await page.route(tickets, (route) => (hangs ? undefined : route.continue()));
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await state(page, 'Slow').waitFor();
    hangs = false;
    await page.getByRole('button', { name: 'Try now' }).click();
    await row(page).waitFor();
    await state(page, 'Live').waitFor();
    await page.context().close();
  });

  test('gets the waiting changes as soon as the network is back', { timeout: patience }, async () => {
    const page = await openBoard();
    const { ada, workspace_id } = harbour;
    await row(page).click();
    await page.getByRole('button', { name: 'Edit the title' }).waitFor();
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Edit the title' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Oil both winches');
    await page.keyboard.press('Enter');
    // By now, it waits longer before each retry.
    await page.waitForTimeout(9_000);
    await page.getByRole('button', { name: 'Try now' }).waitFor();
    await page.context().setOffline(false);
    const read = async () => (await ada.client.get_ticket({ workspace_id, ticket: 'ENG-1' })).title;
    await expect.poll(read, { timeout: 3_000 }).toBe('Oil both winches');
    await page.context().close();
  });
});
