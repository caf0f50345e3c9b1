import type { Page } from 'playwright-core';
import type { Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTeam, type Team } from '../../proof/harness/make.ts';
import { look, signIn, type Stage, startStage, type Tab, walks } from './browser.ts';

/** Returns the accessible name of the focused element. */
const focused = (page: Page) =>
  page.evaluate<string>(`(() => {
    const { activeElement: at } = document;
    return at.getAttribute('aria-label') ?? at.textContent;
  })()`);

walks('the frame', () => {
  let stage: Stage;
  let team: Team;
  beforeAll(async () => {
    stage = await startStage();
    team = await makeTeam(stage.server);
  }, 300_000);
  afterAll(() => stage.stop());

  async function openAs({ email, password }: Team['owner'], where: string): Promise<Tab> {
    const tab = await stage.open(where);
    await signIn(tab.page, { email, password });
    await tab.page.getByRole('button', { name: /^Account of/ }).waitFor();
    return tab;
  }
  const list = () => `/w/${team.workspace_id}/p/ENG/list`;

  test('can be used by keys: the palette, the list of keys, new tickets and navigation', async () => {
    const { page, faults } = await openAs(team.member, list());
    await page.getByRole('button', { name: 'Project: Eng' }).waitFor();
    const palette = page.getByRole('dialog', { name: 'Search and commands' });

    await page.keyboard.press('Control+k');
    await palette.waitFor();
    await look(page, 'palette');
    expect(await focused(page)).toBe('Command, project, or key of a ticket');
    await page.keyboard.type('all proj');
    await page.keyboard.press('Enter');
    await palette.waitFor({ state: 'hidden' });
    await page.waitForURL(`**/w/${team.workspace_id}/list`);

    await page.keyboard.press('Control+k');
    await page.keyboard.type('eng-7');
    await page.getByRole('option', { name: 'Go to ticket ENG-7' }).waitFor();
    await page.keyboard.press('Escape');
    await palette.waitFor({ state: 'hidden' });
    await page.goBack();
    await page.waitForURL(`**${list()}`);

    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keys' });
    await keys.waitFor();
    await look(page, 'keys');
    await page.keyboard.press('c'); // a key in a dialog belongs to the dialog
    await page.keyboard.press('Escape');
    await keys.waitFor({ state: 'hidden' });

    await page.keyboard.press('c');
    const create = page.getByRole('dialog', { name: 'New ticket' });
    await create.waitFor();
    await page.keyboard.type('c and ? are letters here');
    await page.keyboard.press('Escape');
    await create.waitFor({ state: 'hidden' });
    await page.reload();
    await page.getByRole('button', { name: 'Project: Eng' }).waitFor();
    await page.keyboard.press('c');
    await create.waitFor();
    expect(await create.getByLabel('Title').inputValue()).toBe('c and ? are letters here');
    await page.keyboard.press('Control+Enter');
    await page.getByText('ENG-1 created').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.waitForURL(`**/w/${team.workspace_id}/list`);
    expect(faults).toEqual([]);
  }, 300_000);

  test('keeps the focus and the typed text in the palette while a page or the palette itself loads', async () => {
    const { page, faults } = await openAs(team.member, list());
    await page.getByRole('button', { name: 'Project: Eng' }).waitFor();
    const palette = page.getByRole('dialog', { name: 'Search and commands' });
    const later = async (route: Route) => {
      await page.waitForTimeout(1_000);
      await route.continue();
    };
    // A page that loads while the palette is open doesn’t take the focus from it.
    await page.route(/\/page-[^/]+\.js$/, later);
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.keyboard.press('Control+k');
    await page.getByRole('heading', { name: 'Inbox', includeHidden: true }).waitFor();
    expect(await focused(page)).toBe('Command, project, or key of a ticket');
    await page.keyboard.press('Escape');
    await palette.waitFor({ state: 'hidden' });
    await page.goBack();
    await page.waitForURL(`**${list()}`);

    // A key pressed before the palette appears is neither lost nor run as a command.
    await page.route(/\/palette-[^/]+\.js$/, later);
    await page.reload();
    await page.getByRole('button', { name: 'Project: Eng' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('all proj');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/w/${team.workspace_id}/list`);
    await palette.waitFor({ state: 'hidden' });
    expect(faults).toEqual([]);
  }, 300_000);

  test('remembers a changed key, and that keys without Ctrl were switched off', async () => {
    const { page, faults } = await openAs(team.member, list());
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: /Keys/ }).click();
    const change = page.getByRole('button', { name: 'Change the key of: New ticket' });
    await change.click();
    await page.keyboard.press('?');
    await page.getByText('Keys has it.').waitFor();
    await page.keyboard.press('n');
    await page.getByRole('button', { name: 'Reset the key of: New ticket' }).waitFor();
    await look(page, 'keys-changed');
    await page.keyboard.press('Escape');
    await page.keyboard.press('c');
    await page.keyboard.press('n');
    const create = page.getByRole('dialog', { name: 'New ticket' });
    await create.waitFor();
    await page.keyboard.press('Escape');
    await create.waitFor({ state: 'hidden' });
    await page.keyboard.press('?');
    await page.getByRole('checkbox').uncheck();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByRole('button', { name: 'Project: Eng' }).waitFor();
    await page.keyboard.press('n');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Search and commands' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(1);
    expect(faults).toEqual([]);
  }, 300_000);

  test('asks before signing out with unsent texts, which are still there later', async () => {
    const { page, faults } = await openAs(team.owner, list());
    await page.getByRole('button', { name: 'New ticket', exact: true }).click();
    const create = page.getByRole('dialog', { name: 'New ticket' });
    await create.getByLabel('Title').fill('Not sent yet');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: /Sign out/ }).click();
    const asked = page.getByRole('dialog', { name: 'Sign out with drafts?' });
    await asked.getByText('1 draft is not sent.').waitFor();
    await look(page, 'sign-out-with-drafts');
    await asked.getByRole('button', { name: 'Sign out' }).click();
    await signIn(page, team.owner);
    await page.getByRole('button', { name: 'New ticket', exact: true }).click();
    expect(await create.getByLabel('Title').inputValue()).toBe('Not sent yet');
    expect(faults).toEqual([]);
  }, 300_000);

  test('remembers the theme and the density that were chosen in the menu', async () => {
    const { page, faults } = await openAs(team.viewer, list());
    const choose = async (name: string) => {
      await page.getByRole('button', { name: /^Account of/ }).click();
      await page.getByRole('menuitemradio', { name }).click();
    };
    await choose('Dark');
    await choose('Compact');
    await page.reload();
    await page.getByRole('button', { name: 'Project: Eng' }).waitFor();
    const body = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(body).toBe('rgb(15, 17, 21)');
    expect(await page.evaluate('document.documentElement.dataset.density')).toBe('compact');
    expect(faults).toEqual([]);
  }, 300_000);

  test('lets the person sign in again over the page after the session has ended, and keeps what was typed', async () => {
    const { page, faults } = await openAs(team.admin, list());
    await page.getByRole('button', { name: 'Project: Eng' }).waitFor();
    await page.keyboard.press('c');
    const create = page.getByRole('dialog', { name: 'New ticket' });
    await create.waitFor();
    await page.keyboard.type('Typed before it ended');
    const { data } = await team.admin.client.list_sessions();
    const elsewhere = data.filter(({ current }) => !current);
    for (const { id } of elsewhere) await team.admin.client.revoke_session({ session_id: id });
    await page.keyboard.press('Control+Enter');
    const again = page.getByRole('dialog', { name: 'Your session has ended' });
    await again.waitFor();
    await look(page, 'session-ended');
    // The dialog hides the page and everything that was open, because somebody else may be sitting there.
    const covers = `(() => {
      const at = document.elementFromPoint(320, 200);
      return [at?.className, getComputedStyle(at).backgroundColor];
    })()`;
    expect(await page.evaluate(covers)).toEqual(['dialog-scrim dialog-cover', 'rgb(247, 248, 250)']);
    await again.getByLabel(`Password of ${team.admin.email}`).fill(team.admin.password);
    await page.keyboard.press('Enter');
    await again.waitFor({ state: 'hidden' });
    expect(await create.getByLabel('Title').inputValue()).toBe('Typed before it ended');
    // If the request still waited for an access token when the session ended, it is now sent by itself.
    const gone = create.waitFor({ state: 'hidden' });
    await Promise.race([gone, create.getByRole('button', { name: 'Create ticket' }).click()]);
    await gone;
    const { data: tickets } = await team.admin.client.list_tickets({ workspace_id: team.workspace_id });
    expect(tickets.filter(({ title }) => title === 'Typed before it ended')).toHaveLength(1);
    expect(faults.filter((fault) => !fault.includes('status of 401'))).toEqual([]);
  }, 300_000);

  test('says that a page does not exist, and that a workspace is not the person’s', async () => {
    const { page, faults } = await openAs(team.stranger, '/');
    await page.goto(`${stage.server.url}/nowhere/at/all`);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await look(page, 'missing');
    await page.goto(stage.server.url + `/w/${team.workspace_id}`);
    await page.getByText('The workspace could not be loaded').waitFor();
    await page.getByText('It isn’t here').waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await look(page, 'refused');
    expect(faults.filter((fault) => !fault.includes('status of 404'))).toEqual([]);
  }, 300_000);
});
