import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { look, type Stage, startStage, walks } from './browser.ts';
import { complaints, openSettings } from './settings-pages.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

const patience = 300_000;

/** Polls a value until the expectation holds. */
const soon = <T>(see: () => Promise<T>) => expect.poll(see, { timeout: 30_000 });

// No worker numbers events here, so the page is not told what others do, and may show old data.
walks('views and preferences', () => {
  let stage: Stage;
  let harbour: Harbour;

  beforeAll(async () => {
    stage = await startStage();
    harbour = await makeHarbour(stage);
    const { ada, workspace_id, project_id } = harbour;
    for (const [title, labels] of [
      ['The crane drops its load', ['crane']],
      ['The rail is wet', ['rail']],
    ] as const) {
      await ada.client.create_ticket({
        workspace_id,
        project_id,
        body: { title, labels: [...labels], priority: 'high' },
      });
    }
  }, patience);
  afterAll(() => stage.stop());

  const viewButton = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^View: ${name}`) });
  const act = (page: Page, name: string) => page.locator('.filters').getByRole('button', { name, exact: true });
  const chip = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name}:`) });
  const choose = async (page: Page, name: string) => {
    await page.keyboard.press('v');
    await page.getByRole('menuitem', { name, exact: true }).click();
  };
  const command = async (page: Page, text: string) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill(text);
    await page.keyboard.press('Enter');
  };
  const ownViews = async () => {
    const { data } = await harbour.ada.client.list_views({ workspace_id: harbour.workspace_id });
    return data;
  };

  test(
    'a view is saved, changed and reset, by keys and by buttons',
    async () => {
      const { workspace_id, ada } = harbour;
      const where = `/w/${workspace_id}/p/ENG/list?label=crane`;
      const tab = await openAs(stage, ada, where);
      const { page } = tab;
      await page.getByText('The crane drops its load').waitFor();

      // By keys alone: the palette, the name, and the focus back on the page.
      await command(page, 'save as a new view');
      await page.getByRole('dialog').waitFor();
      await soon(() => page.evaluate('document.activeElement.name')).toBe('name');
      await look(page, 'views-save');
      await page.keyboard.type('Crane');
      await page.keyboard.press('Enter');
      await viewButton(page, 'Crane').waitFor();
      expect(await page.evaluate('document.activeElement !== document.body')).toBe(true);
      expect(await ownViews()).toMatchObject([
        { name: 'Crane', layout: 'list_by_status', query: { project_id: 'ENG', label: 'crane' }, shared: false },
      ]);
      expect(await act(page, 'Reset').count()).toBe(0);

      // A changed view says so, and can be reset or saved.
      await page.getByRole('button', { name: 'Remove the filter Label' }).click();
      await page.getByText('The rail is wet').waitFor();
      await page.getByText('changed since it was saved').waitFor();
      await look(page, 'views-changed');
      await act(page, 'Reset').click();
      await chip(page, 'Label').waitFor();
      await page.getByRole('link', { name: 'Board', exact: true }).click();
      await act(page, 'Save').click();
      await page.getByText('The view Crane is saved').first().waitFor();
      await soon(async () => (await ownViews())[0]?.layout).toBe('board');
      await act(page, 'Save').waitFor({ state: 'detached' });

      expect(complaints(tab)).toEqual([]);
    },
    patience,
  );

  test(
    'what is overdue is found by a filter, and a view keeps it as days counted from today',
    async () => {
      const { workspace_id, project_id, ada } = harbour;
      const dueIn = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
      const create = (title: string, days: number) =>
        ada.client.create_ticket({ workspace_id, project_id, body: { title, due_on: dueIn(days) } });
      await create('Grease the winch', -2);
      await create('Test the siren', 3);
      const done = await create('Count the ropes', -2);
      for (const to of ['in_progress', 'resolved']) {
        const body = to === 'resolved' ? { to, resolution: 'fixed' } : { to };
        await ada.client.transition_ticket({ workspace_id, ticket: done.id, body });
      }
      const tab = await openAs(stage, ada, `/w/${workspace_id}/list`);
      const { page } = tab;
      const row = (title: string) => page.getByRole('row').filter({ hasText: title });
      await row('Count the ropes').waitFor();

      await page.keyboard.press('/');
      await page.getByRole('menuitem', { name: 'Due', exact: true }).click();
      const overdue = page.getByRole('menuitemradio', { name: 'Overdue', exact: true });
      await overdue.waitFor();
      await look(page, 'views-due');
      await overdue.click();
      await page.getByRole('button', { name: 'Due: Overdue' }).waitFor();
      await page.getByRole('button', { name: 'Kind of status: To do, In progress, Waiting' }).waitFor();
      await row('Test the siren').waitFor({ state: 'detached' });
      await row('Count the ropes').waitFor({ state: 'detached' });
      await row('Grease the winch').waitFor();
      expect(new URL(page.url()).searchParams.get('due_before')).toBe('today');
      await look(page, 'views-overdue');

      await command(page, 'save as a new view');
      await page.getByRole('dialog').waitFor();
      await page.getByRole('textbox', { name: 'Name' }).fill('Late');
      await page.keyboard.press('Enter');
      await viewButton(page, 'Late').waitFor();
      const late = (await ownViews()).find(({ name }) => name === 'Late');
      expect(late?.query).toEqual({ due_before: 'today', status_category: 'in_progress,todo,waiting' });

      // A ticket that is given another day leaves the list at once.
      await page.getByRole('link', { name: 'Grease the winch' }).focus();
      await page.keyboard.press('d');
      await page.getByRole('menuitem', { name: 'Tomorrow' }).click();
      await row('Grease the winch').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Remove the filter Due' }).click();
      await row('Grease the winch').waitFor();
      expect(complaints(tab)).toEqual([]);
    },
    patience,
  );

  test(
    'a view can be renamed and shared, others can’t change it, and a deleted one can be restored',
    async () => {
      const { workspace_id, ada, grace } = harbour;
      const { id } = (await ownViews())[0] ?? { id: '' };
      const tab = await openAs(stage, ada, `/w/${workspace_id}/inbox`);
      const { page } = tab;
      await page.goto(`${stage.server.url}/w/${workspace_id}/v/${id}`);
      await viewButton(page, 'Crane').waitFor();

      // Rename and share it from its menu.
      await choose(page, 'Rename or share…');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('Cranes');
      await dialog.getByLabel('Every member sees it').check();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await viewButton(page, 'Cranes').waitFor();

      // Somebody else opens it from the project menu. They can change what they see, but not the view.
      const other = await openAs(stage, grace, `/w/${workspace_id}/inbox`);
      await other.page.getByRole('button', { name: /^Project/ }).click();
      await other.page.getByRole('menuitem', { name: 'Cranes' }).waitFor();
      await look(other.page, 'views-in-the-menu');
      await other.page.getByRole('menuitem', { name: 'Cranes' }).click();
      await viewButton(other.page, 'Cranes').waitFor();
      await other.page.getByRole('button', { name: 'Remove the filter Label' }).click();
      await act(other.page, 'Reset').waitFor();
      expect(await act(other.page, 'Save').count()).toBe(0);
      await other.page.keyboard.press('v');
      await other.page.getByRole('menuitem', { name: 'Save as a new view…' }).waitFor();
      expect(await other.page.getByRole('menuitem', { name: 'Delete the view' }).count()).toBe(0);
      await look(other.page, 'views-menu');
      expect(complaints(other)).toEqual([]);

      // Delete it, and restore it with the same address.
      await choose(page, 'Delete the view');
      await page.getByText('The view Cranes is deleted').waitFor();
      expect(new URL(page.url()).searchParams.get('view')).toBeNull();
      await chip(page, 'Label').waitFor();
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText('The view Cranes is back').waitFor();
      await command(page, 'open the view cranes');
      await viewButton(page, 'Cranes').waitFor();
      expect(new URL(page.url()).searchParams.get('view')).toBe(id);
      await page.goBack(); // the address of the view itself is not in the history
      expect(new URL(page.url()).searchParams.get('view')).toBeNull();
      expect(complaints(tab)).toEqual([]);
    },
    patience,
  );

  test(
    'two people’s changes of a view are merged by field, and the person decides about a field that both changed',
    async () => {
      const { workspace_id, ada } = harbour;
      const body = { name: 'Old name', query: { label: 'crane' }, shared: true };
      const { id: view_id } = await ada.client.create_view({ workspace_id, body });
      const tab = await openAs(stage, ada, `/w/${workspace_id}/inbox`);
      const { page } = tab;
      await page.goto(`${stage.server.url}/w/${workspace_id}/v/${view_id}`);
      await viewButton(page, 'Old name').waitFor();
      const elsewhere = (change: object) =>
        ada.client.update_view({ workspace_id, view_id, if_match: '*', body: change });
      const state = async () => {
        const { name, query } = await ada.client.get_view({ workspace_id, view_id });
        return { name, query };
      };

      await elsewhere({ name: 'New name' });
      await page.getByRole('button', { name: 'Remove the filter Label' }).click();
      await act(page, 'Save').click();
      await viewButton(page, 'New name').waitFor();
      await soon(state).toEqual({ name: 'New name', query: {} }); // the new name is kept

      await elsewhere({ query: { label: 'rail' } });
      await page.goto(`${stage.server.url}/w/${workspace_id}/list?label=crane&view=${view_id}`);
      await act(page, 'Save').waitFor();
      await elsewhere({ query: { label: 'rail,winch' } });
      await act(page, 'Save').click();
      await page.getByText('Somebody else has changed the view New name meanwhile.').waitFor();
      expect(await state()).toMatchObject({ query: { label: 'rail,winch' } });
      await look(page, 'views-conflict');
      await page.getByRole('button', { name: 'Save mine over it' }).click();
      await soon(async () => (await state()).query).toEqual({ label: 'crane' });
      expect(complaints(tab)).toEqual([]);
    },
    patience,
  );

  test(
    'a view opens even if parts of it are gone, and a missing view says so',
    async () => {
      const { workspace_id, ada } = harbour;
      const query = { project_id: 'ENG', label: 'lost,crane', updated_before: '2999-01-01' };
      const { id } = await ada.client.create_view({
        workspace_id,
        body: { name: 'Partly gone', layout: 'board', query },
      });
      const tab = await openAs(stage, ada, `/w/${workspace_id}/inbox`);
      const { page } = tab;
      await page.goto(`${stage.server.url}/w/${workspace_id}/v/${id}`);
      await page.getByText('This view names what is gone: the label lost.').waitFor();
      await page.getByText('parameters that this page doesn’t apply: updated_before').waitFor();
      await page.getByText('The crane drops its load').waitFor();
      await look(page, 'views-gone');

      await page.goto(`${stage.server.url}/w/${workspace_id}/settings/views`);
      await page.getByRole('link', { name: 'Partly gone' }).waitFor();
      await look(page, 'views-settings');
      await page.getByRole('button', { name: 'More about Partly gone' }).click();
      await page.getByRole('menuitem', { name: 'Delete the view' }).click();
      await page.getByText('The view Partly gone is deleted').waitFor();
      expect(await page.getByRole('link', { name: 'Partly gone' }).count()).toBe(0);

      await page.goto(`${stage.server.url}/w/${workspace_id}/v/${id}`);
      await page.getByText('There is no such view').waitFor();
      await look(page, 'views-none');
      await page.goto(`${stage.server.url}/w/${workspace_id}/list?label=crane&view=${id}`);
      await page.getByText('This view was deleted, or is somebody’s own.').waitFor();
      await page.locator('.view-note').getByRole('button', { name: 'Leave the view' }).click();
      await page.locator('.view-note').waitFor({ state: 'detached' });
      await chip(page, 'Label').waitFor();
      expect(complaints(tab)).toEqual([]);
    },
    patience,
  );

  test(
    'preferences follow a person to another device, and simultaneous changes are merged',
    async () => {
      const { grace } = harbour;
      const stored = () => grace.client.get_preferences();
      const theme = (page: Page) => page.evaluate('document.documentElement.dataset.theme');
      const one = await openSettings(stage, grace, '/me/preferences');
      await one.page.getByLabel('Dark').check();
      await soon(async () => (await stored()).theme).toBe('dark');
      await look(one.page, 'preferences');

      const another = await openSettings(stage, grace, '/me/preferences');
      await soon(() => theme(another.page)).toBe('dark');

      // Offline, a change applies at once and waits, while the other device changes something else.
      await one.page.context().setOffline(true);
      await one.page.getByLabel('Compact').check();
      await one.page.getByText('Not saved on the server yet.').waitFor();
      expect(await one.page.evaluate('document.documentElement.dataset.density')).toBe('compact');
      await another.page.getByLabel('Light').check();
      await another.page.getByLabel('Time zone').selectOption('Pacific/Kiritimati');
      await soon(async () => (await stored()).time_zone).toBe('Pacific/Kiritimati');
      expect((await stored()).density).toBe('comfortable');
      await one.page.context().setOffline(false);
      await soon(async () => (await stored()).density).toBe('compact');
      await one.page.getByText('Not saved on the server yet.').waitFor({ state: 'detached' });
      expect(await stored()).toMatchObject({ theme: 'light', density: 'compact', time_zone: 'Pacific/Kiritimati' });
      expect(await theme(one.page)).toBe('light');

      // The preferences apply before the server has responded, and times are shown in the chosen zone.
      await one.page.reload();
      expect(await theme(one.page)).toBe('light');
      await one.page.goto(`${stage.server.url}/me/sessions`);
      const time = one.page.locator('main time').first();
      await time.waitFor();
      const [at, title] = [await time.getAttribute('datetime'), await time.getAttribute('title')];
      const there = { dateStyle: 'full', timeStyle: 'medium', timeZone: 'Pacific/Kiritimati' } as const;
      expect(title).toBe(new Intl.DateTimeFormat('en', there).format(new Date(at ?? '')));
      expect(complaints(one).filter((fault) => !fault.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
      expect(complaints(another)).toEqual([]);
    },
    patience,
  );
});
