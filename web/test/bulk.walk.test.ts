import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepNumbering } from '../../proof/harness/events.ts';
import type { Person } from '../../proof/harness/people.ts';
import { type Proxy, startProxy } from '../../proof/harness/proxy.ts';
import { look, type Stage, startStage, type Tab, walks } from './browser.ts';
import { makeMembers, openBy } from './team.ts';

const patience = 300_000;
/** Polls a value until the expectation holds. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 30_000 });

walks('many tickets at once', () => {
  let stage: Stage;
  let line: Proxy;
  let numbering: ReturnType<typeof keepNumbering>;
  let grace: Person;
  let ada: Person;
  let workspace_id: string;

  beforeAll(async () => {
    stage = await startStage();
    line = await startProxy(stage.server.url);
    numbering = keepNumbering(stage.server.database.url);
    const names = { owner: 'Grace Hopper', member: 'Ada Lovelace' };
    ({ workspace_id, owner: grace, member: ada } = await makeMembers(stage, names));
  }, patience);
  afterAll(async () => {
    await numbering.stop();
    await stage.stop();
    await line.close();
  });

  /** Creates a project with this many tickets in its first status. */
  async function makeProject(key: string, count: number): Promise<void> {
    const { client } = grace;
    await client.create_project({ workspace_id, body: { key, name: `Project ${key}`, workflow: 'standard' } });
    for (let n = 1; n <= count; n++) {
      await client.create_ticket({ workspace_id, project_id: key, body: { title: `Bolt number ${n}` } });
    }
  }

  /** Opens a page for Ada through the proxy, and counts the bulk requests and the single ones that it sends. */
  async function enter(where: string): Promise<Tab & { bulks: () => number; singles: () => number }> {
    const tab = await openBy(line, stage, ada, `/w/${workspace_id}${where}`);
    let [bulks, singles] = [0, 0];
    tab.page.on('request', (request) => {
      if (request.method() === 'GET' || !request.url().includes('/tickets/')) return;
      if (request.url().endsWith('/tickets/bulk')) bulks++;
      else singles++;
    });
    return { ...tab, bulks: () => bulks, singles: () => singles };
  }

  const complaints = ({ faults }: Tab, expected: RegExp) =>
    faults.filter((fault) => !fault.startsWith(new URL(line.url).origin) && !expected.test(fault));
  const read = (ticket: string) => grace.client.get_ticket({ workspace_id, ticket });
  const all = async (project_id: string) =>
    (await grace.client.list_tickets({ workspace_id, project_id, limit: 100 })).data;
  const bar = (page: Page) => page.getByRole('toolbar', { name: 'Selected tickets' });
  const refusals = (page: Page) => page.getByRole('region', { name: 'Refused changes' });

  test('are selected, moved, assigned, labelled and undone in the list by keys alone', {
    timeout: patience,
  }, async () => {
    await makeProject('ENG', 12);
    const tab = await enter('/p/ENG/list');
    const { page, bulks, singles } = tab;
    const { keyboard } = page;
    await page.getByRole('link', { name: 'Bolt number 12', exact: true }).focus();

    // Select ten of them: x, and nine times down.
    await keyboard.press('x');
    for (let n = 1; n < 10; n++) await keyboard.press('Shift+J');
    await bar(page).getByText('10 selected').waitFor();
    await bar(page).getByRole('button', { name: 'Select all 12' }).waitFor();
    await look(page, 'bulk-list', { height: 1200 });
    await keyboard.press('s');
    await page.getByRole('menuitem', { name: 'In progress' }).waitFor();
    await look(page, 'bulk-menu', { height: 1200 });
    await keyboard.type('In p');
    await keyboard.press('Enter');
    await page.getByText('10 tickets moved to In progress').waitFor();
    expect((await all('ENG')).filter(({ status }) => status === 'in_progress').length).toBe(10);
    expect([bulks(), singles()]).toEqual([1, 0]);

    // z undoes all of it, in one request.
    await keyboard.press('z');
    await page.getByText('10 tickets are as before.').waitFor();
    await soon(async () => (await all('ENG')).every(({ status, version }) => status === 'open' && version <= 3)).toBe(
      true,
    );
    expect([bulks(), singles()]).toEqual([2, 0]);

    // The fields that a step requires are asked once for all tickets.
    await keyboard.press('s');
    await page.getByRole('menuitem', { name: 'In progress' }).waitFor();
    await keyboard.press('1');
    await page.getByText('10 tickets moved to In progress').last().waitFor();
    await keyboard.press('s');
    await page.getByRole('menuitem', { name: 'Resolved…' }).click();
    const sheet = page.getByRole('dialog', { name: '10 tickets to Resolved' });
    await sheet.getByLabel('Resolution').selectOption('fixed');
    await look(page, 'bulk-step', { height: 1200 });
    await sheet.getByRole('button', { name: 'Move to Resolved' }).click();
    await page.getByText('10 tickets moved to Resolved').waitFor();
    expect((await all('ENG')).filter(({ resolution }) => resolution === 'fixed').length).toBe(10);
    expect([bulks(), singles()]).toEqual([4, 0]);
    await keyboard.press('z');
    await soon(async () => (await all('ENG')).filter(({ status }) => status === 'in_progress').length).toBe(10);
    await page.getByText('10 tickets are as before.').last().waitFor();
    await keyboard.press('z');
    await soon(async () => (await all('ENG')).every(({ status }) => status === 'open')).toBe(true);

    await keyboard.press('Escape');
    await bar(page).waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'Bolt number 3', exact: true }).focus();
    await keyboard.press('Control+a');
    await bar(page).getByText('12 selected').waitFor();
    await keyboard.press('i');
    await page.getByText('12 tickets changed').waitFor();
    expect((await all('ENG')).every(({ assignee_id }) => assignee_id === ada.user.id)).toBe(true);
    await bar(page).getByRole('button', { name: 'Labels' }).click();
    await page.getByPlaceholder('Label').fill('bolts');
    await page.getByRole('menuitemcheckbox', { name: 'New label “bolts”' }).click();
    await soon(async () => (await all('ENG')).every(({ labels }) => labels.includes('bolts'))).toBe(true);
    expect(singles()).toBe(0);
    expect(complaints(tab, /^$/)).toEqual([]);
    await page.context().close();
  });

  test('are changed except for the refused ones, which are listed with reasons; undo keeps what somebody has changed since', {
    timeout: patience,
  }, async () => {
    await makeProject('OPS', 4);
    const tab = await enter('/p/OPS/list');
    const { page } = tab;
    await page.getByRole('link', { name: 'Bolt number 4', exact: true }).focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('s');
    await page.getByRole('menuitem', { name: 'In progress' }).waitFor();
    // Events stop, so the page doesn't learn that one ticket is moved and another deleted.
    await numbering.stop();
    for (const to of ['in_progress', 'resolved']) {
      const body = { to, ...(to === 'resolved' && { resolution: 'fixed' }) };
      await grace.client.transition_ticket({ workspace_id, ticket: 'OPS-1', body });
    }
    await grace.client.delete_ticket({ workspace_id, ticket: 'OPS-2' });
    await page.getByRole('menuitem', { name: 'In progress' }).click();
    await page.getByText('2 tickets moved to In progress. 2 were refused.').waitFor();
    await refusals(page).getByText('2 tickets were not changed').waitFor();
    await refusals(page).getByText('OPS-1 is Resolved now.').waitFor();
    await refusals(page).getByRole('link', { name: 'OPS-2' }).waitFor();
    expect((await all('OPS')).filter(({ status }) => status === 'in_progress').map(({ key }) => key)).toEqual([
      'OPS-4',
      'OPS-3',
    ]);
    await look(page, 'bulk-refused', { height: 1400 });

    // Somebody else moves one of the two tickets further.
    await grace.client.transition_ticket({
      workspace_id,
      ticket: 'OPS-3',
      body: { to: 'resolved', resolution: 'fixed' },
    });
    await page.keyboard.press('z');
    await page.getByText('1 ticket is as before. Changed by somebody since, and left as they are: OPS-3.').waitFor();
    expect((await read('OPS-4')).status).toBe('open');
    expect((await read('OPS-3')).status).toBe('resolved');
    await refusals(page).getByRole('button', { name: 'Discard all' }).click();
    await refusals(page).waitFor({ state: 'hidden' });
    numbering = keepNumbering(stage.server.database.url);
    expect(complaints(tab, /status of 40[49]/)).toEqual([]);
    await page.context().close();
  });

  test('that are changed without a connection are sent in one request when it is back', {
    timeout: patience,
  }, async () => {
    await makeProject('OFF', 3);
    const tab = await enter('/p/OFF/list');
    const { page } = tab;
    await page.getByRole('link', { name: 'Bolt number 3', exact: true }).focus();
    await page.keyboard.press('Control+a');
    line.turn('refusing');
    await page.keyboard.press('i');
    await page.getByText(/3 changes wait here/).waitFor();
    expect((await all('OFF')).map(({ assignee_id }) => assignee_id)).toEqual([null, null, null]);
    line.turn('fair');
    await soon(async () => (await all('OFF')).map(({ assignee_id, version }) => [assignee_id, version])).toEqual(
      Array.from({ length: 3 }, () => [ada.user.id, 2]),
    );
    await page.context().close();
  });

  test('are selected on the board by keys and by Shift-click, and changed together', {
    timeout: patience,
  }, async () => {
    await makeProject('BRD', 6);
    const tab = await enter('/p/BRD/board');
    const { page, bulks, singles } = tab;
    await page.getByRole('link', { name: /Bolt number 6/ }).focus();
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+J');
    await page.keyboard.press('Shift+ArrowDown');
    await bar(page).getByText('3 selected').waitFor();
    await page.getByRole('link', { name: /Bolt number 2/ }).click({ modifiers: ['Shift'] });
    await bar(page).getByText('5 selected').waitFor();
    await look(page, 'bulk-board', { height: 1200 });
    await page.keyboard.press('p');
    await page.getByRole('menuitemradio', { name: 'High' }).click();
    await page.getByText('5 tickets changed').waitFor();
    expect((await all('BRD')).filter(({ priority }) => priority === 'high').length).toBe(5);
    expect([bulks(), singles()]).toEqual([1, 0]);
    await bar(page).getByRole('button', { name: 'Delete' }).click();
    await bar(page).waitFor({ state: 'hidden' });
    await soon(() => page.evaluate('document.activeElement.tagName')).toMatch(/^(A|H1)$/);
    await page.getByText('5 tickets deleted').waitFor();
    await soon(async () => (await all('BRD')).length).toBe(1);
    await page.keyboard.press('z');
    await page.getByText('5 tickets are as before.').waitFor();
    expect((await all('BRD')).length).toBe(6);
    expect(complaints(tab, /^$/)).toEqual([]);
    await page.context().close();
  });

  test('leave the focus in the list when somebody else deletes the focused one', { timeout: patience }, async () => {
    await makeProject('GONE', 3);
    const { page } = await enter('/p/GONE/list');
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Bolt number 2' }).focus();
    await grace.client.delete_ticket({ workspace_id, ticket: 'GONE-2' });
    await page.getByRole('link', { name: 'Bolt number 2' }).waitFor({ state: 'detached' });
    await soon(() => page.evaluate('document.activeElement.textContent')).toContain('Bolt number 1');
    await page.context().close();
  });

  test('are numbered: an open ticket shows its position, and leads to the previous and next ones', {
    timeout: patience,
  }, async () => {
    await makeProject('NEXT', 5);
    const tab = await enter('/p/NEXT/list?group=none');
    const { page } = tab;
    await page.setViewportSize({ width: 640, height: 800 });
    await page.getByRole('link', { name: 'Bolt number 4', exact: true }).click();
    await page.waitForURL(/\/t\/NEXT-4$/);
    await page.getByText('2 of 5').waitFor();
    await page.keyboard.press('j');
    await page.waitForURL(/\/t\/NEXT-3$/);
    await page.getByText('3 of 5').waitFor();
    await page.keyboard.press('k');
    await page.waitForURL(/\/t\/NEXT-4$/);
    await page.getByRole('button', { name: 'Previous: NEXT-5' }).click();
    await page.getByText('1 of 5').waitFor();
    await look(page, 'neighbours', { height: 1200 });
    await page.setViewportSize({ width: 640, height: 800 });
    await page.getByRole('link', { name: 'Back to: List' }).click();
    await page.waitForURL(/\/p\/NEXT\/list\?group=none$/);

    // The position is also shown when the ticket is open beside the list.
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('link', { name: 'Bolt number 2', exact: true }).click();
    await page.getByText('4 of 5').waitFor();
    await page.getByRole('button', { name: 'Next: NEXT-1' }).click();
    await page.getByText('5 of 5').waitFor();
    expect(complaints(tab, /^$/)).toEqual([]);
    await page.context().close();
  });
});
