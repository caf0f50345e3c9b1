import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepDelivering } from '../../proof/harness/deliveries.ts';
import { confirmAddresses, joinWorkspace, type Person, registerPerson } from '../../proof/harness/people.ts';
import { type Receiver, startReceiver } from '../../proof/harness/receiver.ts';
import { look, type Stage, startStage, walks } from './browser.ts';
import { complaints, goTo, openSettings } from './settings-pages.ts';

interface Team {
  workspace_id: string;
  project_id: string;
  ada: Person;
  grace: Person;
  viewer: Person;
}

async function makeTeam(server: Stage['server']): Promise<Team> {
  const [ada, grace, viewer, left] = await Promise.all(
    ['Ada Lovelace', 'Grace Hopper', 'Vic Viewer', 'Una Member'].map((name) => registerPerson(server, { name })),
  );
  if (!ada || !grace || !viewer || !left) throw new Error('Nobody is there.');
  await confirmAddresses(server, ada);
  const { id: workspace_id } = await ada.client.create_workspace({ body: { name: 'Harbour' } });
  await joinWorkspace(ada, grace, workspace_id, 'admin');
  await joinWorkspace(ada, left, workspace_id, 'member');
  await joinWorkspace(ada, viewer, workspace_id, 'viewer');
  const body = { key: 'ENG', name: 'Engineering', workflow: 'standard' as const };
  const { id: project_id } = await ada.client.create_project({ workspace_id, body });
  await ada.client.create_project({ workspace_id, body: { key: 'OPS', name: 'Operations' } });
  return { workspace_id, project_id, ada, grace, viewer };
}

/** Returns the accessible name of the focused element. */
const focused = (page: Page) =>
  page.evaluate(`document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`);

walks('the settings', () => {
  let stage: Stage;
  let team: Team;
  let receiver: Receiver;
  let worker: ReturnType<typeof keepDelivering>;

  beforeAll(async () => {
    stage = await startStage({ BATON_WEBHOOK_PRIVATE: 'on' });
    team = await makeTeam(stage.server);
    receiver = await startReceiver();
    worker = keepDelivering(stage.server);
  }, 300_000);
  afterAll(async () => {
    await worker.stop();
    await receiver.stop();
    await stage.stop();
  });

  const at = (path: string) => `/w/${team.workspace_id}/settings/${path}`;

  const openAs = (person: Person, path: string) => openSettings(stage, person, path);

  const toast = (page: Page, text: string) => page.getByLabel('Messages').getByText(text).waitFor();

  test('of a workspace are reached by key, and show both names if two people rename it', async () => {
    const tab = await openAs(team.ada, at('members'));
    const { page } = tab;
    await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.getByRole('heading', { name: 'General' }).waitFor();
    expect(await focused(page)).toBe('General');
    await look(page, 'settings-general');
    const field = page.getByLabel('Name of the workspace');
    await field.fill('Harbour A');
    const { workspace_id } = team;
    const { version } = await team.grace.client.get_workspace({ workspace_id });
    await team.grace.client.update_workspace({ workspace_id, body: { name: 'Harbour B', version } });
    await page.keyboard.press('Enter');
    await page.getByText('Somebody else changed the name').waitFor();
    for (const name of ['Harbour', 'Harbour A', 'Harbour B']) {
      await page.getByRole('cell', { name, exact: true }).waitFor();
    }
    await look(page, 'settings-general-meanwhile');
    expect(await field.inputValue()).toBe('Harbour A');
    await page.getByRole('button', { name: 'Save mine' }).click();
    await toast(page, 'Saved: Harbour A');
    await page.getByRole('button', { name: 'Delete the workspace…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('the memberships of 4 people').waitFor();
    await dialog.getByText('2 projects').waitFor();
    expect(await dialog.getByRole('button', { name: 'Delete for everybody' }).isDisabled()).toBe(true);
    await look(page, 'settings-general-delete');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await focused(page)).toBe('Delete the workspace…');
    await page.getByRole('button', { name: 'Leave the workspace…' }).click();
    await dialog.getByRole('button', { name: 'Leave' }).click();
    await dialog.getByText('A workspace needs an owner').waitFor();
    expect(complaints(tab)).toEqual([]);
  }, 300_000);

  test('of members change roles, remove people, and show a bot’s token once', async () => {
    const tab = await openAs(team.ada, at('members'));
    const { page } = tab;
    await page.getByLabel('Find a member by name or address').fill('una');
    await page.getByText('Grace Hopper').waitFor({ state: 'hidden' });
    await page.getByLabel('Role of Una Member').selectOption('viewer');
    await toast(page, 'Una Member is viewer now');
    await page.getByRole('button', { name: 'Remove Una Member' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Their tickets become unassigned').waitFor();
    await look(page, 'settings-members-remove');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await toast(page, 'Una Member is removed');
    await page.getByText('Nobody matches').waitFor();
    await expect.poll(() => focused(page)).toBe('People');
    await page.getByLabel('Find a member by name or address').fill('');

    await page.getByRole('button', { name: 'New bot' }).click();
    await dialog.getByLabel('Name').fill('Triage');
    await page.keyboard.press('Enter');
    await page.getByText('It has no token').waitFor();
    await page.getByRole('button', { name: 'More about Triage' }).click();
    await page.getByRole('menuitem', { name: 'New token…' }).click();
    await dialog.getByLabel('Name').fill('Nightly');
    await dialog.getByRole('button', { name: 'Create token' }).click();
    await dialog.getByText('Choose at least one.').waitFor();
    expect(await focused(page)).toBe('Tickets');
    await look(page, 'settings-token-refused');
    await dialog.getByLabel('Tickets').selectOption({ label: 'Read and write' });
    await dialog.getByRole('button', { name: 'Create token' }).click();
    const secret = dialog.getByRole('textbox', { name: 'The token' });
    await secret.waitFor();
    expect(await secret.inputValue()).toMatch(/^bat_/);
    await look(page, 'settings-token-shown');
    await page.keyboard.press('Escape'); // Escape doesn’t lose it
    expect(await secret.isVisible()).toBe(true);
    await dialog.getByRole('button', { name: 'I have it: hide it' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await page.content()).not.toContain('bat_');
    await page.getByText('Tickets: read and write').waitFor();
    await look(page, 'settings-members');
    expect(complaints(tab)).toEqual([]);
  }, 300_000);

  test('of invitations and tokens show a link and a token once, and revoke them', async () => {
    const tab = await openAs(team.ada, at('invitations'));
    const { page } = tab;
    await page.getByLabel('E-mail address').fill(team.grace.email);
    await page.keyboard.press('Enter');
    await page.getByText('Already a member').waitFor();
    expect(await page.evaluate('document.activeElement.name')).toBe('email');
    await page.getByLabel('E-mail address').fill('kay@example.com');
    await page.keyboard.press('Enter');
    const link = page.getByRole('textbox', { name: 'The link for kay@example.com' });
    await link.waitFor();
    expect(await link.inputValue()).toMatch(/\/invite#bit_/);
    await look(page, 'settings-invitations');
    await goTo(page, 'API tokens');
    await page.getByRole('heading', { name: 'Your tokens' }).waitFor();
    await page.goBack();
    await page.getByText('kay@example.com').waitFor();
    expect(await page.content()).not.toContain('bit_');
    await page.getByRole('button', { name: 'Revoke the invitation of kay@example.com' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Nobody is invited at the moment').waitFor();

    await goTo(page, 'API tokens');
    await page.getByRole('button', { name: 'New token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Report');
    await dialog.getByLabel('Projects').selectOption({ label: 'Read' });
    await look(page, 'settings-token-new');
    await dialog.getByRole('button', { name: 'Create token' }).click();
    await dialog.getByRole('textbox', { name: 'The token' }).waitFor();
    await page.goBack();
    await page.goForward();
    await page.getByText('Projects: read').waitFor();
    expect(await page.content()).not.toContain('bat_');
    await look(page, 'settings-tokens');
    await page.getByRole('button', { name: 'Revoke Report' }).click();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await toast(page, 'Report is revoked');
    expect(complaints(tab)).toEqual([]);
  }, 300_000);

  test('of projects rename, archive and unarchive', async () => {
    const tab = await openAs(team.ada, at('projects'));
    const { page } = tab;
    await page.getByRole('button', { name: 'More about Operations' }).click();
    await page.getByRole('menuitem', { name: 'Rename…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Operating');
    await page.keyboard.press('Enter');
    await toast(page, 'Saved: Operating');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'More about Operating' }).click();
    await page.getByRole('menuitem', { name: 'Archive…' }).click();
    await dialog.getByRole('button', { name: 'Archive' }).click();
    await toast(page, 'Operating is archived');
    await look(page, 'settings-projects');
    await page.getByRole('button', { name: 'Unarchive Operating' }).click();
    await toast(page, 'Operating is in use again');
    expect(complaints(tab)).toEqual([]);
  }, 300_000);

  test('of deleted tickets restore them, but not for a viewer', async () => {
    const { workspace_id, project_id, ada, viewer } = team;
    const create = async (title: string) => {
      const { id: ticket } = await ada.client.create_ticket({ workspace_id, project_id, body: { title } });
      await ada.client.delete_ticket({ workspace_id, ticket });
      return ticket;
    };
    await create('Paint the crane');
    const ticket = await create('Grease the crane');
    const tab = await openAs(ada, at('projects'));
    const { page } = tab;
    await page.keyboard.press('Control+k');
    await page.keyboard.type('deleted tickets');
    await page.getByRole('option', { name: 'Settings: deleted tickets' }).waitFor();
    await page.keyboard.press('Enter');
    const rows = page.getByRole('list', { name: 'Deleted tickets' }).getByRole('listitem');
    await rows.getByText('Paint the crane').waitFor();
    expect(await rows.getByRole('strong').allInnerTexts()).toEqual(['Grease the crane', 'Paint the crane']);
    await look(page, 'settings-deleted');
    await rows.filter({ hasText: 'Grease' }).getByRole('button').click();
    await toast(page, 'restored');
    await rows.getByText('Grease the crane').waitFor({ state: 'hidden' });
    await expect.poll(() => focused(page)).toBe('Deleted tickets');
    expect((await ada.client.get_ticket({ workspace_id, ticket })).deleted_at).toBeNull();

    const other = await openAs(viewer, at('deleted'));
    await other.page.getByText('Your role here is viewer.').waitFor();
    expect(await other.page.getByRole('button', { name: /^Restore/ }).isDisabled()).toBe(true);
    expect([...complaints(tab), ...complaints(other)]).toEqual([]);
  }, 300_000);

  test('of a webhook show its secret once, its deliveries, and why Baton has stopped it', async () => {
    const tab = await openAs(team.ada, at('webhooks'));
    const { page } = tab;
    await page.getByText('No webhooks').waitFor();
    await look(page, 'settings-webhooks-empty');
    await page.getByRole('button', { name: 'New webhook' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill('ftp://example.com');
    await page.keyboard.press('Enter');
    await page.locator('[name=url][aria-invalid=true]').waitFor();
    await dialog.getByLabel('Address').fill(receiver.url);
    await dialog.getByLabel('Description').fill('Chat');
    await dialog.getByLabel('Only these events').check();
    await dialog.getByRole('group', { name: 'Tickets' }).getByLabel('created').check();
    await look(page, 'settings-webhook-new');
    await dialog.getByRole('button', { name: 'Create webhook' }).click();
    expect(await dialog.getByRole('textbox', { name: 'Its secret' }).inputValue()).toMatch(/^whsec_/);
    await dialog.getByRole('button', { name: 'I have it: hide it' }).click();
    await page.getByRole('heading', { name: 'Chat' }).waitFor();
    expect(await page.content()).not.toContain('whsec_');

    await page.getByRole('button', { name: 'Ping' }).click();
    await toast(page, 'A ping is on its way');
    await page.getByText('Delivered').waitFor();
    receiver.react = () => ({ status: 410, body: 'Gone fishing' });
    await page.getByRole('button', { name: 'More about Webhooks: pinged' }).click();
    await page.getByRole('menuitem', { name: 'Send again', exact: true }).click();
    await page.getByText('Stopped by Baton', { exact: true }).waitFor();
    await page.getByText('Its receiver responded with 410').waitFor();
    await page.getByRole('button', { name: 'Attempts of Webhooks: pinged' }).click();
    await page.getByText('Gone fishing').waitFor();
    await look(page, 'settings-webhook');
    receiver.react = () => ({});
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Active', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Replace the secret…' }).click();
    await dialog.getByRole('button', { name: 'Replace' }).click();
    await page.getByRole('textbox', { name: 'The new secret' }).waitFor();
    await goTo(page, 'Webhooks');
    await page.getByRole('link', { name: 'Chat' }).waitFor();
    await look(page, 'settings-webhooks');
    await page.getByRole('link', { name: 'Chat' }).click();
    await page.getByRole('heading', { name: 'Chat' }).waitFor();
    expect(await page.content()).not.toContain('whsec_');
    await page.getByRole('button', { name: 'Delete the webhook…' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No webhooks').waitFor();
    expect(complaints(tab)).toEqual([]);
  }, 300_000);
});
