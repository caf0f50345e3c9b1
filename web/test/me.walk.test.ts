import { afterAll, beforeAll, expect, test } from 'vitest';
import { joinWorkspace, type Person, registerPerson, signInAgain } from '../../proof/harness/people.ts';
import { look, type Stage, startStage, walks } from './browser.ts';
import { complaints, goTo, openSettings } from './settings-pages.ts';

walks('the person’s own account', () => {
  let stage: Stage;
  let ada: Person;
  let vic: Person;
  let workspace_id: string;

  beforeAll(async () => {
    stage = await startStage();
    [ada, vic] = (await Promise.all(
      ['Ada Lovelace', 'Vic Viewer'].map((name) => registerPerson(stage.server, { name })),
    )) as [Person, Person];
    workspace_id = (await ada.client.create_workspace({ body: { name: 'Harbour' } })).id;
    await ada.client.create_project({ workspace_id, body: { key: 'ENG', name: 'Engineering' } });
    await joinWorkspace(ada, vic, workspace_id, 'viewer');
  }, 300_000);
  afterAll(() => stage.stop());

  const openAs = (person: Person, path: string) => openSettings(stage, person, path);

  test('can be renamed, says why its address can’t be changed, and stays signed in with a new password', async () => {
    const tab = await openAs(ada, '/me/profile');
    const { page } = tab;
    await page.getByLabel('Your name').fill('Ada King');
    await page.keyboard.press('Enter');
    await page.getByText('Saved: Ada King').waitFor();
    await page.getByRole('button', { name: 'Account of Ada King' }).waitFor();
    await page.getByText('Not confirmed').waitFor();
    await page.getByRole('button', { name: 'Change…' }).click();
    await page.getByLabel('New address').fill('ada.king@example.com');
    await page.getByLabel('Your password', { exact: true }).fill(ada.password);
    await page.keyboard.press('Enter');
    await page.getByText('This server sends no mail').waitFor();
    await look(page, 'me-address');
    await page.keyboard.press('Escape');
    await look(page, 'me-profile');

    await goTo(page, 'Password');
    await page.getByLabel('Current password', { exact: true }).fill('a wrong password');
    await page.getByLabel('New password', { exact: true }).fill('correct horse battery');
    await page.keyboard.press('Enter');
    await page.getByText('Address or password is wrong').waitFor();
    expect(await page.evaluate('document.activeElement.name')).toBe('current_password');
    await look(page, 'me-password');
    const other = await signInAgain(stage.server, ada);
    await page.getByLabel('Current password', { exact: true }).fill(ada.password);
    await page.keyboard.press('Enter');
    await page.getByText('Your password is changed').waitFor();
    ada.password = 'correct horse battery';
    await expect(other.client.get_me()).rejects.toMatchObject({ code: 'session_ended' });

    // This session continues, and lists the other one.
    await signInAgain(stage.server, ada);
    await goTo(page, 'Sessions');
    await page.getByText('This one').waitFor();
    await page.getByText('Your password was changed').waitFor();
    await look(page, 'me-sessions');
    await page.getByRole('button', { name: /^End the session/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
    await page.getByText('The session is ended').waitFor();
    await page.reload();
    await page.getByText('This one').waitFor();
    expect(await page.getByRole('button', { name: /^End the session/ }).count()).toBe(0);
    expect(complaints(tab)).toEqual([]);
  }, 300_000);

  test('keeps the look of the console, and the notification settings', async () => {
    const tab = await openAs(ada, '/me/preferences');
    const { page } = tab;
    await page.getByLabel('Dark').check();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await page.getByLabel('As the system').check();
    await page.getByLabel('Single keys run commands').uncheck();
    await look(page, 'me-preferences');
    await page.getByRole('heading', { name: 'Preferences' }).focus();
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByLabel('Single keys run commands').check();

    await goTo(page, 'Notifications');
    await page.getByLabel('Commented: in the inbox').uncheck();
    expect(await page.getByLabel('Commented: by mail').isDisabled()).toBe(true);
    await page.getByLabel('Quiet hours every day').check();
    await page.getByLabel('From').fill('21:00');
    await page.getByLabel('Time zone').selectOption('Europe/Berlin');
    await page.getByLabel('Engineering').check();
    // The same person changes something else in another tab, and both changes stay.
    const { version } = await (await signInAgain(stage.server, ada)).client.get_notification_settings({ workspace_id });
    const elsewhere = (await signInAgain(stage.server, ada)).client;
    await elsewhere.update_notification_settings({ workspace_id, body: { kinds: { due: false }, version } });
    await look(page, 'me-notifications');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Your notification settings are saved').waitFor();
    expect(await elsewhere.get_notification_settings({ workspace_id })).toMatchObject({
      kinds: { assigned: true, commented: false, due: false },
      quiet_hours: { from: '21:00', to: '07:00', time_zone: 'Europe/Berlin' },
    });
    expect(complaints(tab)).toEqual([]);
  }, 300_000);

  test('of a viewer sees no page that it may not read, and says why it may not change the others', async () => {
    const tab = await openAs(vic, `/w/${workspace_id}/settings/general`);
    const { page } = tab;
    await page.getByText('Your role here is viewer. This takes one of: owner, admin.').waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    const links = page.getByRole('navigation', { name: 'Settings' }).getByRole('link');
    const names = await links.allInnerTexts();
    expect(names).toContain('API tokens');
    expect(names).not.toContain('Webhooks');
    expect(names).not.toContain('Invitations');
    await look(page, 'me-viewer-general');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('settings');
    await page.getByRole('option', { name: 'Settings: API tokens' }).waitFor();
    expect(await page.getByRole('option', { name: 'Settings: webhooks' }).count()).toBe(0);
    await page.getByRole('combobox').fill('settings tokens');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'API tokens' }).waitFor();
    await page.goto(`${stage.server.url}/w/${workspace_id}/settings/webhooks`);
    await page.getByText('This page is not for you to see').waitFor();
    await look(page, 'me-viewer-webhooks');
    await page.goto(`${stage.server.url}/w/${workspace_id}/settings/members`);
    await page.getByText('Ada King').waitFor();
    expect(await page.getByLabel('Role of Ada King').isDisabled()).toBe(true);
    await look(page, 'me-viewer-members');
    await page.goto(`${stage.server.url}/w/${workspace_id}/settings/general`);
    await page.getByRole('button', { name: 'Leave the workspace…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await page.getByText('You have left Harbour.').waitFor();
    expect(complaints(tab)).toEqual([]);
  }, 300_000);
});
