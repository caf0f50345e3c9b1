import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { joinWorkspace, type Person, registerPerson } from '../../proof/harness/people.ts';
import { look, type Stage, startStage, walks } from './browser.ts';
import { complaints, openSettings } from './settings-pages.ts';

/** The height of the window for checking the whole editor, because a bar stays at its lower edge. */
const whole = { height: 3_000 };

walks('the workflow editor', () => {
  let stage: Stage;
  let ada: Person;
  let grace: Person;
  let vic: Person;
  let workspace_id: string;

  beforeAll(async () => {
    stage = await startStage();
    [ada, grace, vic] = (await Promise.all(
      ['Ada Lovelace', 'Grace Hopper', 'Vic Viewer'].map((name) => registerPerson(stage.server, { name })),
    )) as [Person, Person, Person];
    workspace_id = (await ada.client.create_workspace({ body: { name: 'Harbour' } })).id;
    await joinWorkspace(ada, grace, workspace_id, 'admin');
    await joinWorkspace(ada, vic, workspace_id, 'viewer');
    const body = { key: 'ENG', name: 'Engineering', workflow: 'standard' as const };
    await ada.client.create_project({ workspace_id, body });
    for (const title of ['The crane drops its load', 'The brake is worn']) {
      const { key } = await ada.client.create_ticket({ workspace_id, project_id: 'ENG', body: { title } });
      await ada.client.transition_ticket({ workspace_id, ticket: key, body: { to: 'waiting' } });
    }
  }, 300_000);
  afterAll(() => stage.stop());

  async function openAs(person: Person) {
    const tab = await openSettings(stage, person, `/w/${workspace_id}/settings/workflow`);
    await tab.page.getByRole('heading', { name: 'Workflow of ENG' }).waitFor();
    await tab.page.getByRole('grid', { name: 'Steps between statuses' }).waitFor();
    return tab;
  }

  const workflow = () => ada.client.get_workflow({ workspace_id, project_id: 'ENG' });
  const focused = (page: Page) => page.evaluate(`document.activeElement.getAttribute('aria-label')`);

  test('changes steps by keyboard, keeps unsaved ones over a reload, and saves them', async () => {
    const tab = await openAs(ada);
    const { page } = tab;
    await look(page, 'workflow-as-it-is', whole);
    const open_to_progress = page.getByRole('grid').getByLabel('Open → In progress', { exact: true });
    await open_to_progress.focus();
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).toBe('Open → Waiting');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe('In progress → Waiting');
    await page.keyboard.press('ArrowLeft'); // skips the diagonal, where In progress meets itself
    expect(await focused(page)).toBe('In progress → Open');
    await page.keyboard.press('Space');
    await page.getByText('1 change not saved').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.closest("[role=group]").getAttribute("aria-label")')).toBe(
      'The step In progress → Open',
    );
    await page.keyboard.press('Space'); // allow it again
    await page.getByText('1 change not saved').waitFor({ state: 'hidden' });
    const step = page.getByRole('group', { name: 'The step In progress → Open' });
    await step.getByLabel('a comment').check();
    await step.getByLabel('member').uncheck();
    await page.getByText('1 change not saved').waitFor();
    await page.waitForTimeout(500); // drafts are stored after 300 ms
    await page.reload();
    await page.getByText('1 change not saved').click();
    await page.getByText('In progress → Open: allowed → allowed, needs a comment; only owner, admin').waitFor();
    await page.getByRole('grid').evaluate((grid) => grid.scrollIntoView({ block: 'center' }));
    await look(page, 'workflow-changed', whole);
    await page.getByRole('button', { name: 'Save the workflow' }).click();
    await page.getByText('The workflow is in force: version 2').waitFor();
    const { transitions } = await workflow();
    expect(transitions.find(({ from, to }) => from === 'in_progress' && to === 'open')).toMatchObject({
      roles: ['owner', 'admin'],
      requires: ['comment'],
    });
    await page.reload();
    await page.getByRole('grid').waitFor();
    expect(await page.getByText('not saved', { exact: false }).count()).toBe(0);
    expect(complaints(tab)).toEqual([]);
  }, 300_000);

  test('moves tickets out of a removed status, and shows faults before saving', async () => {
    const tab = await openAs(ada);
    const { page } = tab;
    await page.getByLabel('Name of a new status').fill('Review');
    await page.getByLabel('What the new status means').selectOption('in progress');
    await page.getByLabel('Name of a new status').press('Enter');
    await page.getByText('No ticket can get here').first().waitFor();
    expect(await page.getByRole('button', { name: 'Save the workflow' }).isDisabled()).toBe(true);
    await look(page, 'workflow-unreachable', whole);
    await page.getByRole('grid').getByLabel('In progress → Review', { exact: true }).check();
    await page.getByRole('button', { name: 'Move Review up' }).click();
    await page.getByText('Review: place 5 of 6').waitFor();
    expect(await focused(page)).toBe('Move Review up');
    await page.getByLabel('Name of Open').fill('To do');
    await page.getByRole('button', { name: 'Remove Waiting' }).click();
    await page.getByLabel('Tickets that are in it then go to').selectOption('Review');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    // Choose no target: the server then says how many tickets are in it.
    await page
      .getByLabel('Where the tickets of Waiting go')
      .selectOption({ label: 'Nowhere: it must have no tickets' });
    await page.getByRole('button', { name: 'Save the workflow' }).click();
    await page.getByText('2 tickets are in it: say where they go.').waitFor();
    await look(page, 'workflow-in-use', whole);
    await page.getByLabel('Where the tickets of Waiting go').selectOption({ label: 'Tickets go to Review' });
    await page.getByRole('button', { name: 'Save the workflow' }).click();
    await page.getByText('The workflow is in force: version 3').waitFor();
    const { data } = await ada.client.list_tickets({ workspace_id });
    expect(data.map(({ status }) => status)).toEqual(['review', 'review']);
    expect((await workflow()).statuses.map(({ name }) => name)).toEqual([
      'To do',
      'In progress',
      'Resolved',
      'Review',
      'Closed',
    ]);
    expect(complaints(tab)).toEqual([]);
  }, 300_000);

  test('shows somebody else’s changes beside the person’s, and merges them as the person chooses', async () => {
    const tab = await openAs(ada);
    const { page } = tab;
    await page.getByLabel('Name of To do').fill('Backlog');
    await page.getByLabel('Name of Closed').fill('Shut');
    const { project_id: _id, ...now } = await workflow();
    const statuses = now.statuses.map((one) =>
      one.key === 'open' ? { ...one, name: 'Inbox' } : one.key === 'resolved' ? { ...one, name: 'Fixed' } : one,
    );
    const body = { ...now, statuses } as Parameters<typeof grace.client.replace_workflow>[0]['body'];
    await grace.client.replace_workflow({ workspace_id, project_id: 'ENG', body });
    await page.getByRole('button', { name: 'Save the workflow' }).click();
    await page.getByText('Somebody saved this workflow meanwhile (version 4)').waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Go on with this');
    expect(await page.getByRole('button', { name: 'Save the workflow' }).isDisabled()).toBe(true);
    for (const value of ['To do (to do)', 'Backlog (to do)', 'Inbox (to do)', 'Fixed (done)']) {
      await page.getByRole('cell', { name: value, exact: true }).waitFor();
    }
    await look(page, 'workflow-theirs', whole);
    await page.getByLabel('Which to take for Status Backlog').selectOption('Theirs');
    await page.getByRole('button', { name: 'Go on with this' }).click();
    await page.getByText('1 change not saved').waitFor();
    await page.getByRole('button', { name: 'Save the workflow' }).click();
    await page.getByText('The workflow is in force: version 5').waitFor();
    expect((await workflow()).statuses.map(({ name }) => name)).toEqual([
      'Inbox',
      'In progress',
      'Fixed',
      'Review',
      'Shut',
    ]);
    expect(complaints(tab)).toEqual([]);
  }, 300_000);

  test('undoes a preset with one press, and asks before tickets lose their resolution', async () => {
    const tab = await openAs(ada);
    const { page } = tab;
    await page.getByRole('button', { name: 'Use Strict' }).click();
    await page.getByText('Strict is above, and not saved yet').waitFor();
    await page.getByLabel('Messages').getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/changes? not saved/).waitFor({ state: 'hidden' });

    const body = { title: 'The rope is frayed' };
    const { key: ticket } = await ada.client.create_ticket({ workspace_id, project_id: 'ENG', body });
    await ada.client.transition_ticket({ workspace_id, ticket, body: { to: 'resolved', resolution: 'fixed' } });
    await page.getByLabel('What Fixed means').selectOption('in progress');
    await page.getByRole('button', { name: 'Save the workflow' }).click();
    const dialog = page.getByRole('dialog', { name: 'Some tickets would lose their resolution' });
    await dialog.getByText('1 ticket in Fixed with fixed').waitFor();
    await look(page, 'workflow-losing', whole);
    await dialog.getByRole('button', { name: 'Save, and clear them' }).click();
    await page.getByText('The workflow is in force: version 6').waitFor();
    const { resolution, status_category } = await ada.client.get_ticket({ workspace_id, ticket });
    expect({ resolution, status_category }).toEqual({ resolution: null, status_category: 'in_progress' });
    expect(complaints(tab)).toEqual([]);
  }, 300_000);

  test('is read-only for a role that may not change it, and says why', async () => {
    const tab = await openAs(vic);
    const { page } = tab;
    await page.getByText('Your role here is viewer. This takes one of: owner, admin.').waitFor();
    expect(await page.getByLabel('Name of Inbox').isDisabled()).toBe(true);
    expect(await page.getByRole('grid').getByRole('checkbox').first().isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Save the workflow' }).count()).toBe(0);
    await look(page, 'workflow-read-only', whole);
    expect(complaints(tab)).toEqual([]);
  }, 300_000);
});
