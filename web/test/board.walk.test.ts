import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepNumbering } from '../../proof/harness/events.ts';
import type { Person } from '../../proof/harness/people.ts';
import { look, signIn, type Stage, startStage, type Tab, walks } from './browser.ts';
import { makeMembers } from './team.ts';

const patience = 180_000;

/** Polls a value until the expectation holds. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 30_000 });

walks('the board', () => {
  let stage: Stage;
  let numbering: ReturnType<typeof keepNumbering>;
  let grace: Person;
  let ada: Person;
  let workspace_id: string;

  beforeAll(async () => {
    stage = await startStage();
    numbering = keepNumbering(stage.server.database.url);
    const names = { owner: 'Grace Hopper', member: 'Ada Lovelace' };
    ({ workspace_id, owner: grace, member: ada } = await makeMembers(stage, names));
    await grace.client.create_project({
      workspace_id,
      body: { key: 'ENG', name: 'Engineering', workflow: 'strict' },
    });
    const titles = ['Oil the winch', 'Paint the rail', 'The brake squeaks', 'The crane drops its load'];
    for (const [index, title] of titles.entries()) {
      const labels = ['harbour', 'crane', 'safety'].slice(0, index);
      await grace.client.create_ticket({ workspace_id, project_id: 'ENG', body: { title, labels, priority: 'high' } });
    }
  }, patience);
  afterAll(async () => {
    await numbering.stop();
    await stage.stop();
  });

  async function enter(person: Person, where = `/w/${workspace_id}/p/ENG/board`): Promise<Tab> {
    const tab = await stage.open('/signin');
    await signIn(tab.page, person);
    await tab.page.waitForURL(/\/w\//);
    await tab.page.goto(stage.server.url + where);
    await tab.page.getByRole('link', { name: /Oil the winch/ }).waitFor();
    return tab;
  }

  const column = (page: Page, name: string) => page.getByRole('region', { name: new RegExp(`^${name}`) });
  /** Returns the titles in a column, from the top. */
  const titles = (page: Page, name: string) => column(page, name).locator('.card-title').allInnerTexts();
  const card = (page: Page, title: string) => page.locator('.card').filter({ hasText: title });
  const focused = (page: Page) =>
    page.evaluate('document.activeElement?.closest(".card")?.querySelector(".card-key")?.textContent');
  const said = (page: Page) => page.locator('p[role=status]').last().innerText();

  /** Drags a card until its middle is at a place. */
  async function drag(page: Page, from: Locator, to: { x: number; y: number }, { drops = true } = {}): Promise<void> {
    const box = await from.boundingBox();
    if (box === null) throw new Error('There is no such card.');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 12, box.y + box.height / 2 + 4, { steps: 4 });
    await page.mouse.move(to.x, to.y, { steps: 12 });
    await page.waitForTimeout(100);
    if (drops) await page.mouse.up();
  }
  async function topOf(locator: Locator): Promise<{ x: number; y: number }> {
    const box = await locator.boundingBox();
    return { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + 4 };
  }

  test('shows the tickets of each status, and a dragged card moves for other people, too', {
    timeout: patience,
  }, async () => {
    const [mine, other] = [await enter(ada), await enter(grace)];
    const { page } = mine;
    expect(await titles(page, 'Open')).toEqual([
      'The crane drops its load',
      'The brake squeaks',
      'Paint the rail',
      'Oil the winch',
    ]);
    expect(await column(page, 'Open').getByRole('heading').innerText()).toMatch(/Open\s+4/);
    await look(page, 'board');

    // Within a column, a line shows the place, and the ticket stays there.
    await drag(page, card(page, 'Oil the winch'), await topOf(card(page, 'The brake squeaks')), { drops: false });
    await page.locator('.drop-line').waitFor();
    await look(page, 'board-dragging');
    await page.mouse.up();
    const placed = ['The crane drops its load', 'Oil the winch', 'The brake squeaks', 'Paint the rail'];
    await soon(() => titles(page, 'Open')).toEqual(placed);
    await soon(() => titles(other.page, 'Open')).toEqual(placed);

    // To another column, the transition and the place are one request.
    await drag(page, card(page, 'The brake squeaks'), await topOf(column(page, 'In progress').locator('.column-body')));
    await soon(() => titles(page, 'In progress')).toEqual(['The brake squeaks']);
    await soon(() => titles(other.page, 'In progress')).toEqual(['The brake squeaks']);
    const { data } = await grace.client.list_tickets({ workspace_id, status: 'in_progress' });
    expect(data.map(({ version }) => version)).toEqual([2]);
    await page.reload();
    await soon(() => titles(page, 'Open')).toEqual(placed.filter((title) => title !== 'The brake squeaks'));
    for (const tab of [mine, other]) {
      expect(tab.faults).toEqual([]);
      await tab.page.context().close();
    }
  });

  test('says why a card can’t be dropped where no transition leads', { timeout: patience }, async () => {
    const { page, faults } = await enter(ada);
    const closed = column(page, 'Closed');
    await drag(page, card(page, 'Paint the rail'), await topOf(closed.locator('.column-body')), { drops: false });
    await closed.getByText('No step from Open to Closed.').waitFor();
    await look(page, 'board-refuses');
    await page.mouse.up();
    await closed.getByText('No step from Open to Closed.').waitFor({ state: 'hidden' });
    expect(await titles(page, 'Open')).toContain('Paint the rail');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('can be used with the keyboard alone: cards are lifted, moved, put down and put back', {
    timeout: patience,
  }, async () => {
    const { page, faults } = await enter(ada);
    await page.getByRole('link', { name: /The crane drops its load/ }).focus();
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe('ENG-1');
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).toBe('ENG-3');
    await page.keyboard.press('ArrowLeft');
    // All cards share one tab stop.
    expect(await page.locator('.card-link[tabindex="0"]').count()).toBe(1);

    await page.keyboard.press('Space');
    await soon(() => said(page)).toMatch(/^ENG-\d lifted: Open, place \d of 3\. Arrows move it/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await soon(() => said(page)).toMatch(/Open, place 3 of 3\.|It goes no further\./);
    await look(page, 'board-lifted');
    await page.keyboard.press('Escape');
    await soon(() => said(page)).toMatch(/is back in its place\.$/);
    const before = await titles(page, 'Open');

    await page.getByRole('link', { name: /Paint the rail/ }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await soon(() => said(page)).toMatch(/^In progress, place \d of 2\.$/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await soon(() => said(page)).toMatch(/^ENG-2 put down: .+, place 1 of \d\.$/);
    await page.getByText('ENG-2 moved to').waitFor();
    expect(await focused(page)).toBe('ENG-2');
    expect(await titles(page, 'Open')).toEqual(before.filter((title) => title !== 'Paint the rail'));
    await soon(async () => (await grace.client.get_ticket({ workspace_id, ticket: 'ENG-2' })).status).not.toBe('open');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('returns a card whose ticket was moved in the meantime, and offers the steps from there', {
    timeout: patience,
  }, async () => {
    const { page, faults } = await enter(ada);
    await page.getByRole('link', { name: /Oil the winch/ }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    // Events stop while the card is lifted, so the page learns of the move only after taking its own step.
    await numbering.stop();
    await grace.client.transition_ticket({ workspace_id, ticket: 'ENG-1', body: { to: 'in_progress' } });
    await grace.client.transition_ticket({
      workspace_id,
      ticket: 'ENG-1',
      body: { to: 'resolved', resolution: 'fixed' },
    });
    await page.keyboard.press('Enter');
    const refused = page.getByRole('alert').filter({ hasText: 'ENG-1 is Resolved now.' });
    await refused.waitFor();
    numbering = keepNumbering(stage.server.database.url);
    await soon(() => titles(page, 'Resolved')).toContain('Oil the winch');
    await look(page, 'board-conflict');
    await refused.getByRole('button', { name: 'Leave it' }).click();
    await refused.waitFor({ state: 'hidden' });
    expect(faults.filter((fault) => !/status of 409/.test(fault))).toEqual([]);
    await page.context().close();
  });

  test('creates tickets in a column, applies filters, and shows one column on a phone', {
    timeout: patience,
  }, async () => {
    const { page, faults } = await enter(ada);
    await page.getByRole('button', { name: 'New ticket in Open' }).click();
    await page.keyboard.type('Order new bolts');
    await page.keyboard.press('Enter');
    await card(page, 'Order new bolts').waitFor();
    expect((await titles(page, 'Open'))[0]).toBe('Order new bolts');
    await page.keyboard.press('Escape');

    await page.getByRole('link', { name: 'List' }).click();
    await page.waitForURL(/\/list$/);
    await page.getByRole('link', { name: 'Board' }).click();
    await page.goto(`${page.url()}?label=crane`);
    await soon(() => page.locator('.card').count()).toBe(2);
    await page.goto(`${page.url()}&sort=-updated_at`);
    await page.getByRole('button', { name: 'Order: Latest change first' }).waitFor();
    await look(page, 'board-filtered');

    await page.goto(page.url().replace(/\?.*/, ''));
    await card(page, 'Order new bolts').waitFor();
    await page.setViewportSize({ width: 320, height: 640 });
    await page.getByRole('navigation', { name: 'Columns' }).waitFor();
    expect(await page.locator('.column').count()).toBe(1);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await page.getByRole('button', { name: /^In progress/ }).click();
    await column(page, 'In progress').waitFor();
    await page.getByRole('button', { name: /^Open/ }).click();
    await card(page, 'Order new bolts').getByRole('button').click();
    await page.getByRole('menuitem', { name: 'In progress' }).waitFor();
    await look(page, 'board-phone-menu');
    await page.getByRole('menuitem', { name: 'In progress' }).click();
    await page.getByText(/moved to In progress/).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
