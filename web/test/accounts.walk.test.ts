import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFaults, look, type Stage, startStage, walks } from './browser.ts';

const password = 'correct horse battery';

/** Returns the text of the focused element. */
const focused = (page: Page) => page.evaluate<string>('document.activeElement?.textContent');

walks('a first visit', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  }, 300_000);
  afterAll(() => stage.stop());

  async function registerAs(page: Page, name: string, email: string): Promise<void> {
    await page.getByLabel('Your name').fill(name);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
  }

  test('leads from registration to a first ticket, and through signing out and in again', async () => {
    const { page, faults } = await stage.open('/w/nowhere/list?status=open');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await look(page, 'sign-in');
    await page.getByRole('link', { name: 'Register' }).click();
    await page.getByRole('heading', { name: 'Create your account' }).waitFor();
    expect(await focused(page)).toBe('Create your account');
    expect(await page.title()).toBe('Create your account · Baton');
    await look(page, 'register');
    await page.goto(`${stage.server.url}/register`);
    await registerAs(page, 'Ada Lovelace', 'ada@example.com');

    // Create a workspace, and a project with its workflow.
    await page.getByRole('heading', { name: 'Name your workspace' }).waitFor();
    await look(page, 'new-workspace');
    await page.getByLabel('Name').fill('Harbour');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Create a project' }).waitFor();
    await page.getByLabel('Name').fill('Engineering');
    expect(await page.getByLabel('Key').inputValue()).toBe('ENG');
    await look(page, 'new-project');
    await page.getByRole('button', { name: 'Create project' }).click();

    // The board opens with the form for the first ticket.
    const dialog = page.getByRole('dialog', { name: 'New ticket' });
    await dialog.waitFor();
    expect(page.url()).toMatch(/\/w\/[\w-]{36}\/p\/ENG\/board$/);
    await page.keyboard.type('The crane drops its load');
    await dialog.getByLabel('Description').fill('It did so **twice** on Friday.');
    await dialog.getByRole('button', { name: 'Priority: No priority' }).click();
    await page.getByRole('menuitemradio', { name: 'High' }).click();
    await dialog.getByRole('button', { name: 'Assignee: Nobody' }).click();
    await page.getByRole('menuitemradio', { name: 'Ada Lovelace' }).waitFor();
    await look(page, 'create-with-menu');
    await page.getByRole('menuitemradio', { name: 'Ada Lovelace' }).click();
    await dialog.getByLabel('Labels').fill('crane, brake');
    await dialog.getByLabel('Due').fill('2027-01-15');
    await look(page, 'create');
    await dialog.getByRole('button', { name: 'Create ticket' }).click();
    await page.getByText('ENG-1 created').waitFor();
    await dialog.waitFor({ state: 'hidden' });
    await look(page, 'created');
    await page.getByRole('button', { name: 'Not now' }).click();

    // Sign out, and in again.
    await page.getByRole('button', { name: 'Account of Ada Lovelace' }).click();
    await page.getByRole('menuitem', { name: /Sign out/ }).waitFor();
    await look(page, 'account-menu');
    await page.getByRole('menuitem', { name: /Sign out/ }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('E-mail address').fill('ada@example.com');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Project: Engineering' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Project: Engineering' }).waitFor();
    expect(faults).toEqual([]);
  }, 300_000);

  test('shows a refusal at the field that is wrong, which keeps its text and gets the focus', async () => {
    const { page, faults } = await stage.open('/signin');
    await page.getByLabel('E-mail address').fill('ada@example.com');
    await page.getByLabel('Password', { exact: true }).fill('a wrong password');
    await page.keyboard.press('Enter');
    const field = page.getByLabel('Password', { exact: true });
    await page.getByText('Address or password is wrong').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.inputValue()).toBe('a wrong password');
    expect(await page.evaluate('document.activeElement.name')).toBe('password');
    await look(page, 'sign-in-refused');

    await page.goto(`${stage.server.url}/register`);
    await page.getByLabel('Your name').fill('Ada');
    await page.getByLabel('E-mail address').fill('ada@example.com');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.keyboard.press('Enter');
    await page.locator('[aria-invalid=true][name=password]').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByText('This address has an account').waitFor();
    expect(await page.evaluate('document.activeElement.name')).toBe('email');
    // The browser logs each refused request by itself.
    expect(faults.filter((fault) => !/the server responded with a status of (401|409|422)/.test(fault))).toEqual([]);
    expect(faults).toHaveLength(3);
  }, 300_000);

  test('control: a button without a name is found, and so is what the page’s policy blocks', async () => {
    const { page, faults } = await stage.open('/signin');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.evaluate(`document.querySelector('main').append(document.createElement('button'))`);
    expect((await axeFaults(page)).map((fault) => fault.split(':')[0])).toEqual(['button-name']);
    await page
      .evaluate(`(() => {
      const script = document.createElement('script');
      script.setAttribute('src', '/assets/../x.js');
      document.head.append(script);
    })()`)
      .catch(() => undefined);
    await page.evaluate(`document.body.setAttribute('style', 'color: red')`);
    await page.waitForTimeout(200);
    expect(faults.join()).toContain('Content Security Policy');
  }, 300_000);
});
