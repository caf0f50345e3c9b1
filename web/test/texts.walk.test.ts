import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stage, startStage, walks } from './browser.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

const patience = 300_000;
/** It ends with a sign that has no direction of its own. */
const hebrew = 'שלום עולם!';

walks('texts', () => {
  let stage: Stage;
  let harbour: Harbour;
  beforeAll(async () => {
    stage = await startStage();
    harbour = await makeHarbour(stage);
    const body = { title: hebrew, description: `${hebrew}\n\n- ${hebrew}\n\nEnglish.`, labels: [hebrew] };
    await harbour.ada.client.create_ticket({ workspace_id: harbour.workspace_id, project_id: 'ENG', body });
  }, patience);
  afterAll(() => stage.stop());

  const enter = (where: string) => openAs(stage, harbour.ada, `/w/${harbour.workspace_id}${where}`);

  /** Returns whether the last letter of an element's text is left of its first. */
  const isFromRight = (page: Page, selector: string): Promise<boolean> =>
    page.evaluate(`(() => {
      const [text] = document.querySelector(${JSON.stringify(selector)}).childNodes;
      const at = (from) => {
        const range = document.createRange();
        range.setStart(text, from);
        range.setEnd(text, from + 1);
        return range.getBoundingClientRect().left;
      };
      return at(text.length - 1) < at(0);
    })()`);

  test('have the direction of their own letters', { timeout: patience }, async () => {
    const { page, faults } = await enter('/p/ENG/list?t=ENG-1');
    await page.locator('.markdown li').waitFor();
    for (const place of ['.row-title > a', '.value-labels .tag', '.ticket-title', '.markdown > p', '.markdown li']) {
      expect(await isFromRight(page, place), place).toBe(true);
    }
    expect(await isFromRight(page, '.markdown > p:last-child')).toBe(false);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('can be undone after a look at their preview', { timeout: patience }, async () => {
    const { page, faults } = await enter('/t/ENG-1');
    const field = page.getByRole('textbox', { name: 'Comment', exact: true });
    await field.pressSequentially('A first and');
    await field.press('ControlOrMeta+A');
    await page.keyboard.press('Delete');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('Nothing to show yet.').waitFor();
    await page.getByRole('button', { name: 'Write' }).click();
    await field.press('ControlOrMeta+Z');
    await expect.poll(() => field.inputValue()).toBe('A first and');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('of descriptions are not edited before they are loaded', { timeout: patience }, async () => {
    const { page, faults } = await enter('/p/ENG/list');
    const { promise: loads, resolve: load } = Promise.withResolvers<void>();
    await page.route(/\/tickets\/(ENG-1|[0-9a-f-]{36})(\?|$)/, async (route) => {
      await loads;
      await route.continue();
    });
    const palette = page.getByRole('combobox', { name: 'Command, project, or key of a ticket' });
    await page.getByRole('link', { name: hebrew }).click();
    await page.getByText('Loading the description…').waitFor();
    await page.keyboard.press('ControlOrMeta+K');
    await palette.fill('Edit the description');
    await page.getByText('Nothing is called so.').waitFor();
    load();
    await page.keyboard.press('Escape');
    await page.locator('.markdown li').waitFor();
    await page.keyboard.press('ControlOrMeta+K');
    await palette.fill('Edit the description');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('textbox', { name: 'Description' }).inputValue()).toContain('English.');
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
