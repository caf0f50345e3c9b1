import type { Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { look, type Stage, startStage, type Tab, walks } from './browser.ts';
import type { Broken } from './consoles.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

const patience = 180_000;

/** Polls a value until the expectation holds. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 30_000 });

/** As many labels as a menu shows, before all others in the server's order. */
const areas = Array.from({ length: 50 }, (_, n) => `Area ${10 + n}`);

/** Creates a ticket with the label brake, and tickets of another project, which the list of the first doesn't load. */
async function makeLabels(stage: Stage): Promise<Harbour> {
  const harbour = await makeHarbour(stage);
  const { ada, workspace_id } = harbour;
  const ops = { key: 'OPS', name: 'Operations', workflow: 'standard' as const };
  await ada.client.create_project({ workspace_id, body: ops });
  const create = (project_id: string, title: string, labels: string[]) =>
    ada.client.create_ticket({ workspace_id, project_id, body: { title, labels } });
  await create('ENG', 'The brake squeaks', ['brake']);
  await create('OPS', 'Paint the crane', ['Harbour crane', 'bridge']);
  await create('OPS', 'Sweep the harbour', areas);
  return harbour;
}

const menu_items = (page: Page) => page.getByRole('menuitemcheckbox');
const items = (page: Page) => menu_items(page).allInnerTexts();

/** Opens the list of a project, and the filter by label. */
async function openFilter(stage: Stage, { ada, workspace_id }: Harbour): Promise<Tab> {
  const tab = await openAs(stage, ada, `/w/${workspace_id}/p/ENG/list`);
  const { page } = tab;
  await page.getByRole('row', { name: /The brake squeaks/ }).waitFor();
  await page.keyboard.press('/');
  await page.getByRole('menuitem', { name: 'Label' }).click();
  await menu_items(page).filter({ hasText: 'brake' }).waitFor();
  return tab;
}

walks('labels', () => {
  let stage: Stage;
  let harbour: Harbour;

  beforeAll(async () => {
    stage = await startStage();
    harbour = await makeLabels(stage);
  }, patience);
  afterAll(() => stage.stop());

  test('that no loaded ticket has are found by the filter, in another letter case', {
    timeout: patience,
  }, async () => {
    const { page, faults } = await openFilter(stage, harbour);
    await soon(() => items(page)).toEqual(['brake', ...areas.slice(0, -1)]);
    const asked: (string | null)[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname.endsWith('/labels')) asked.push(searchParams.get('q'));
    });
    await page.getByPlaceholder('Label').pressSequentially('CRAN', { delay: 20 });
    await soon(() => items(page)).toEqual(['Harbour crane', 'CRAN']);
    // It waits for a pause: four letters are fewer than four requests.
    expect([asked.length < 4, asked.at(-1)]).toEqual([true, 'CRAN']);
    await look(page, 'labels-filter');
    await menu_items(page).first().click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Label: Harbour crane/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('label')).toBe('Harbour crane');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('that nobody uses yet can be typed in the filter', { timeout: patience }, async () => {
    const { page, faults } = await openFilter(stage, harbour);
    await page.getByPlaceholder('Label').fill('bolts');
    await soon(() => items(page)).toEqual(['bolts']);
    await menu_items(page).first().click();
    await page.getByRole('heading', { name: 'No ticket matches' }).waitFor();
    expect(new URL(page.url()).searchParams.get('label')).toBe('bolts');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('of loaded tickets stay if the server does not respond, and a late response changes nothing', {
    timeout: patience,
  }, async () => {
    const { page } = await openFilter(stage, harbour);
    const held: Route[] = [];
    await page.route(/\/labels\?/, async (route) => {
      const q = new URL(route.request().url()).searchParams.get('q');
      if (q === 'bri') held.push(route);
      else if (q === 'b') await route.abort();
      else await route.continue();
    });
    const box = page.getByPlaceholder('Label');
    await box.fill('bri');
    await soon(async () => held.length).toBe(1);
    const answered = page.waitForResponse((response) => response.url().endsWith('&q=crane'));
    await box.fill('crane');
    await answered;
    await soon(() => items(page)).toEqual(['Harbour crane', 'crane']);
    await held[0]?.continue().catch(() => undefined); // the page may have given it up
    await page.waitForTimeout(500);
    expect(await items(page)).toEqual(['Harbour crane', 'crane']);

    const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('&q=b'));
    await box.fill('b');
    await failed;
    // Those that earlier responses have named stay, too.
    await soon(() => items(page)).toEqual(['brake', 'Harbour crane', 'b']);
    await page.context().close();
  });

  test('that no loaded ticket has, or nobody uses yet, can be given to a ticket', { timeout: patience }, async () => {
    const { ada, workspace_id } = harbour;
    const { page, faults } = await openAs(stage, ada, `/w/${workspace_id}/t/ENG-1`);
    const labels = async () => (await ada.client.get_ticket({ workspace_id, ticket: 'ENG-1' })).labels;
    await page.getByText('created the ticket').waitFor();
    await page.keyboard.press('l');
    await page.getByPlaceholder('Label').fill('cran');
    await menu_items(page).filter({ hasText: 'Harbour crane' }).click();
    await soon(labels).toEqual(['Harbour crane', 'brake']);
    await page.getByPlaceholder('Label').fill('winch');
    await page.getByRole('menuitemcheckbox', { name: 'New label “winch”' }).click();
    await soon(labels).toEqual(['Harbour crane', 'brake', 'winch']);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

/** A console whose menus know only the labels of loaded tickets. */
const loaded_only: Broken[] = [
  { file: 'fields/use-labels.ts', find: 'enabled = asked.length <= longest_label', replace: 'enabled = false' },
];

walks('control: in a console that does not ask the server for labels', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage({}, loaded_only);
  }, patience);
  afterAll(() => stage.stop());

  test('the filter does not find them', { timeout: patience }, async () => {
    const { page } = await openFilter(stage, await makeLabels(stage));
    await page.getByPlaceholder('Label').fill('CRAN');
    await soon(() => items(page)).toEqual(['CRAN']);
    await page.waitForTimeout(2_000);
    expect(await items(page)).toEqual(['CRAN']);
    await page.context().close();
  });
});
