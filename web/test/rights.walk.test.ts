import type { Role } from '../../sdk/index.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepNumbering } from '../../proof/harness/events.ts';
import { look, type Stage, startStage, walks } from './browser.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

const patience = 180_000;

walks('a member whose role changes', () => {
  let stage: Stage;
  let numbering: ReturnType<typeof keepNumbering>;
  let harbour: Harbour;

  beforeAll(async () => {
    stage = await startStage();
    numbering = keepNumbering(stage.server.database.url);
    harbour = await makeHarbour(stage);
  }, patience);
  afterAll(async () => {
    await numbering.stop();
    await stage.stop();
  });

  const give = async (role: Role) => {
    const { ada, grace, workspace_id } = harbour;
    const { data } = await ada.client.list_members({ workspace_id });
    const version = data.find(({ user_id }) => user_id === grace.user.id)?.version ?? 0;
    await ada.client.update_member({ workspace_id, user_id: grace.user.id, body: { role, version } });
  };
  const at = (rest: string) => `/w/${harbour.workspace_id}${rest}`;
  async function makeTicket(title: string): Promise<string> {
    const { ada, workspace_id } = harbour;
    return (await ada.client.create_ticket({ workspace_id, project_id: 'ENG', body: { title } })).key;
  }
  const kept = (page: Page, text: string) => page.locator('.other-tab').filter({ hasText: text });

  test('still sees what they typed, and can copy it', { timeout: patience }, async () => {
    const key = await makeTicket('Oil the winch');
    const { page } = await openAs(stage, harbour.grace, at(`/t/${key}`));
    await page.getByRole('textbox', { name: 'Comment' }).fill('Half a thought');
    await page.getByRole('button', { name: 'Edit the title' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Oil both winches');
    await give('viewer');
    for (const text of ['Half a thought', 'Oil both winches']) {
      await kept(page, text).getByRole('button', { name: /^Copy/ }).waitFor();
    }
    await look(page, 'ticket-kept-text');
    await give('member');
    await page.getByRole('textbox', { name: 'Title' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Comment' }).inputValue()).toBe('Half a thought');

    const { ada, workspace_id } = harbour;
    await ada.client.delete_ticket({ workspace_id, ticket: key });
    await page.getByText(`${key} was deleted by Ada Lovelace.`).waitFor();
    await kept(page, 'Half a thought').waitFor();
    await page.context().close();
  });

  test('is told at once what a viewer can’t do', { timeout: patience }, async () => {
    await makeTicket('Paint the rail');
    await give('viewer');
    const { page } = await openAs(stage, harbour.grace, at('/p/ENG/board'));
    const card = page.locator('.card').filter({ hasText: 'Paint the rail' });
    await card.waitFor();
    const create = page.getByRole('button', { name: 'New ticket' });
    await expect.poll(() => create.getAttribute('title')).toMatch(/^Your role here is viewer/);
    expect(await create.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('c');
    const says = page.getByText(/^Your role here is viewer/);
    await says.first().waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.reload();
    await card.waitFor();
    await expect.poll(() => create.getAttribute('title')).toMatch(/^Your role here is viewer/);
    const box = await card.boundingBox();
    await page.mouse.move((box?.x ?? 0) + 60, (box?.y ?? 0) + 40);
    await page.mouse.down();
    await page.mouse.move((box?.x ?? 0) + 80, (box?.y ?? 0) + 50, { steps: 4 });
    await page.locator('.toast').filter({ hasText: 'Your role here is viewer' }).waitFor();
    await page.mouse.up();
    await give('member');
    await page.context().close();
  });

  test('can retry what was refused, once they may do it', { timeout: patience }, async () => {
    const key = await makeTicket('Dry the net');
    const { page } = await openAs(stage, harbour.grace, at(`/t/${key}`));
    await page.getByRole('button', { name: 'Edit the title' }).click();
    // A text that is too long is reported, and not cut.
    const title = page.getByRole('textbox', { name: 'Title' });
    await title.fill('x'.repeat(600));
    await page.getByText('88 characters too many: a title has at most 512.').waitFor();
    await page.keyboard.press('Enter');
    expect((await title.inputValue()).length).toBe(600);
    await title.fill('Dry both nets');
    // Events stop, so the page doesn't learn of the change.
    await numbering.stop();
    await give('viewer');
    await page.keyboard.press('Enter');
    const refused = page.getByRole('alert').filter({ hasText: 'You may not do this' });
    await refused.getByText('Dry both nets', { exact: true }).waitFor();
    await give('member');
    await refused.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Dry both nets' }).waitFor();
    await refused.waitFor({ state: 'detached' });
    numbering = keepNumbering(stage.server.database.url);
    await page.context().close();
  });

  test('still sees the name of a project that is archived while it is open, and can’t create anything in it', {
    timeout: patience,
  }, async () => {
    const { ada, workspace_id } = harbour;
    const body = { key: 'OLD', name: 'Old crane', workflow: 'standard' as const };
    await ada.client.create_project({ workspace_id, body });
    await ada.client.create_ticket({ workspace_id, project_id: 'OLD', body: { title: 'Oil the crane' } });
    const { page } = await openAs(stage, ada, at('/p/OLD/board'));
    await page.getByRole('button', { name: 'New ticket in Open' }).waitFor();
    await ada.client.archive_project({ workspace_id, project_id: 'OLD' });
    await page.getByText('Old crane is archived: its tickets can be read and not changed.').waitFor();
    await page.getByRole('button', { name: 'Project: Old crane' }).waitFor();
    await page.getByRole('heading', { name: 'Old crane: board' }).waitFor();
    await page.getByRole('button', { name: 'New ticket in Open' }).waitFor({ state: 'detached' });
    const create = page.getByRole('button', { name: 'New ticket' });
    await expect.poll(() => create.getAttribute('aria-disabled')).toBe('true');
    await look(page, 'board-archived');
    await page.context().close();
  });

  test('gets from the settings’ address to their first page', { timeout: patience }, async () => {
    const { page } = await openAs(stage, harbour.ada, at('/p/ENG/board'));
    await page.goto(stage.server.url + at('/settings'));
    await page.waitForURL(/settings\/general$/);
    await page.context().close();
  });
});
