import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notifyPeople } from '../../proof/harness/events.ts';
import { joinWorkspace, type Person, registerPerson } from '../../proof/harness/people.ts';
import { type Stage, startStage, walks } from './browser.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

const patience = 180_000;
/** More members than one page has, so that menus have to search the server. */
const others = 100;

/** Polls a value until the expectation holds. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 30_000 });

walks('a workspace of many members', () => {
  let stage: Stage;
  let harbour: Harbour;
  /** They joined last, and share a name. */
  let zoes: Person[];

  beforeAll(async () => {
    stage = await startStage();
    harbour = await makeHarbour(stage, ['The crane drops its load']);
    const join = async (name: string) => {
      const person = await registerPerson(stage.server, { name });
      await joinWorkspace(harbour.ada, person, harbour.workspace_id, 'member');
      return person;
    };
    for (let n = 0; n < others; n += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, more) => join(`Member ${n + more}`)));
    }
    zoes = [await join('Zoe Zimmer'), await join('Zoe Zimmer')];
    await notifyPeople(stage.server.database.url);
  }, patience);
  afterAll(() => stage.stop());

  const search = async (page: Page, button: string, of: string) => {
    await page.getByRole('button', { name: button }).click();
    await page.getByPlaceholder(of).fill('zoe');
  };

  test('notifies the mentioned one of two members with the same name', { timeout: patience }, async () => {
    const { workspace_id, ada } = harbour;
    const { page, faults } = await openAs(stage, ada, `/w/${workspace_id}/t/ENG-1`);
    const [one, meant] = zoes;
    const box = page.getByRole('textbox', { name: 'Comment' });
    await box.focus();
    await page.keyboard.type('Look at the hook, @zoe');
    await page.getByRole('option', { name: meant?.email ?? '' }).click();
    await soon(() => box.inputValue()).toBe(`Look at the hook, @Zoe Zimmer (${meant?.email}) `);
    await page.keyboard.press('Backspace');
    await page.reload(); // the draft has her name and address, not her id
    await soon(() => box.inputValue()).toContain(meant?.email);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('listitem').filter({ hasText: 'Look at the hook' }).waitFor();
    const comments = async () => (await ada.client.list_comments({ workspace_id, ticket: 'ENG-1' })).data;
    await soon(async () => (await comments())[0]?.body).toBe(`Look at the hook, @${meant?.user.id}`);
    await notifyPeople(stage.server.database.url);
    const told = async (person?: Person) => (await person?.client.list_notifications({ workspace_id }))?.data.length;
    expect(await told(meant)).toBe(1);
    expect(await told(one)).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('finds the assignee of a new ticket on the server', { timeout: patience }, async () => {
    const { workspace_id, ada } = harbour;
    const { page, faults } = await openAs(stage, ada, `/w/${workspace_id}/p/ENG/list`);
    await page.getByRole('button', { name: 'New ticket', exact: true }).click();
    const form = page.getByRole('dialog', { name: 'New ticket' });
    await form.getByRole('textbox', { name: 'Title' }).fill('Grease the hook');
    await search(page, 'Assignee: Nobody', 'Name or address');
    await page.getByRole('menuitemradio', { name: zoes[0]?.email ?? '' }).click();
    await form.getByRole('button', { name: 'Assignee: Zoe Zimmer' }).waitFor();
    await form.getByRole('button', { name: 'Create ticket' }).click();
    await form.waitFor({ state: 'detached' });
    const { assignee_id } = await ada.client.get_ticket({ workspace_id, ticket: 'ENG-2' });
    expect(assignee_id).toBe(zoes[0]?.user.id);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('has every member in the filter of the audit log', { timeout: patience }, async () => {
    const { workspace_id, ada } = harbour;
    const { page, faults } = await openAs(stage, ada, `/w/${workspace_id}/audit`);
    await search(page, 'Who: Anybody', 'Who');
    await page.getByRole('menuitemradio', { name: 'Zoe Zimmer' }).first().click();
    await page.getByRole('button', { name: 'Who: Zoe Zimmer' }).waitFor();
    expect(zoes.map(({ user }) => user.id)).toContain(new URL(page.url()).searchParams.get('actor'));
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
