import { pino } from 'pino';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { app_url, type Mailbox, mailSettings, sendMails, startMailbox } from '../../proof/harness/mailbox.ts';
import { confirmAddresses, registerPerson, someAddress } from '../../proof/harness/people.ts';
import { look, signIn, type Stage, startStage, walks } from './browser.ts';

const log = pino({ level: 'silent' });

walks('a mailed link', () => {
  let mailbox: Mailbox;
  let stage: Stage;
  beforeAll(async () => {
    mailbox = await startMailbox();
    stage = await startStage(mailSettings(mailbox));
  }, 300_000);
  beforeEach(async () => {
    await stage.server.database.owner.query('delete from mails');
    mailbox.mails.length = 0;
  });
  afterAll(async () => {
    await stage.stop();
    await mailbox.stop();
  });

  /** Sends the due mails, and returns the path of the link in the only one. */
  async function linkInMail(): Promise<string> {
    await sendMails(stage.server, { log });
    expect(mailbox.mails).toHaveLength(1);
    const [, link = ''] = new RegExp(`^${app_url}(/\\S+)$`, 'm').exec(mailbox.mails[0]?.text ?? '') ?? [];
    return link;
  }

  /** Collects the requests that send a token in their address. */
  function tokensSentIn(page: Page): string[] {
    const urls: string[] = [];
    page.on('request', (request) => {
      if (/b[a-z]t_/.test(request.url().split('#')[0] ?? '')) urls.push(request.url());
    });
    return urls;
  }

  test('for a forgotten password sets a new one, once', async () => {
    const person = await registerPerson(stage.server);
    await stage.server.database.owner.query('delete from mails');
    const { page, faults } = await stage.open('/signin');
    const leaked = tokensSentIn(page);
    await page.getByRole('link', { name: 'Forgotten your password?' }).click();
    await page.getByLabel('E-mail address').fill(person.email);
    await look(page, 'forgot-password');
    await page.getByLabel('E-mail address').press('Enter');
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    const link = await linkInMail();
    expect(link).toMatch(/^\/reset-password#/);

    await page.goto(stage.server.url + link);
    await page.getByLabel('New password').fill('short');
    await page.keyboard.press('Enter');
    await page.locator('[aria-invalid=true]').waitFor();
    await look(page, 'reset-password');
    await page.getByLabel('New password').fill('a much longer one');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Password set' }).waitFor();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, { email: person.email, password: 'a much longer one' });
    await page.getByRole('heading', { name: 'Name your workspace' }).waitFor();

    const again = await stage.open(link);
    await again.page.getByLabel('New password').fill('yet another long one');
    await again.page.keyboard.press('Enter');
    await again.page.getByText('This link is not valid any more').waitFor();
    await again.page.getByRole('link', { name: 'Ask for another mail' }).click();
    await again.page.getByRole('heading', { name: 'Forgotten password' }).waitFor();
    expect(leaked).toEqual([]);
    expect(faults.filter((fault) => !fault.includes('status of 422'))).toEqual([]);
    expect(again.faults.filter((fault) => !fault.includes('status of 401'))).toEqual([]);
  }, 300_000);

  test('to confirm an address does so only when its button is pressed', async () => {
    const person = await registerPerson(stage.server);
    const link = await linkInMail();
    expect(link).toMatch(/^\/confirm-email#/);
    const { page, faults } = await stage.open(link);
    await page.getByRole('button', { name: 'Confirm' }).waitFor();
    expect((await person.client.get_me()).email_confirmed_at).toBeNull();
    await look(page, 'confirm-email');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('heading', { name: 'Address confirmed' }).waitFor();
    expect((await person.client.get_me()).email_confirmed_at).not.toBeNull();
    expect(faults).toEqual([]);
  }, 300_000);

  test('to an invitation leads through registration into the workspace, and is only for the invited address', async () => {
    const host = await registerPerson(stage.server, { name: 'Grace Hopper' });
    await confirmAddresses(stage.server, host);
    const workspace = await host.client.create_workspace({ body: { name: 'Harbour' } });
    await host.client.create_project({ workspace_id: workspace.id, body: { key: 'ENG', name: 'Engineering' } });
    await stage.server.database.owner.query('delete from mails');
    const email = someAddress();
    await host.client.create_invitation({ workspace_id: workspace.id, body: { email, role: 'member' } });
    const link = await linkInMail();
    expect(link).toMatch(/^\/accept-invitation#/);

    const another = await stage.open('/signin');
    const stranger = await registerPerson(stage.server);
    await signIn(another.page, stranger);
    await another.page.getByRole('heading', { name: 'Name your workspace' }).waitFor();
    await another.page.goto(stage.server.url + link);
    await another.page.getByText(`You are signed in as ${stranger.email}`).waitFor();
    await another.page.getByRole('button', { name: 'Accept' }).click();
    await another.page.getByText('This account can’t accept it').waitFor();
    await look(another.page, 'invitation-refused');
    expect(another.faults.filter((fault) => !fault.includes('status of 404'))).toEqual([]);

    const { page, faults } = await stage.open(link);
    const leaked = tokensSentIn(page);
    await page.getByRole('heading', { name: 'You are invited' }).waitFor();
    await look(page, 'invitation');
    await page.getByLabel('Your name').fill('Ada Lovelace');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Project: Engineering' }).waitFor();
    expect(page.url()).toBe(`${stage.server.url}/w/${workspace.id}/p/ENG/board`);
    expect(leaked).toEqual([]);
    expect(faults).toEqual([]);
  }, 300_000);
});
