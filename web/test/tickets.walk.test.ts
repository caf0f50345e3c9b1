import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { keepNumbering } from '../../proof/harness/events.ts';
import type { Person } from '../../proof/harness/people.ts';
import { type Proxy, startProxy } from '../../proof/harness/proxy.ts';
import { look, type Stage, startStage, type Tab, untilReady, walks } from './browser.ts';
import { makeMembers, openBy } from './team.ts';

const patience = 300_000;

/** Polls a value until the expectation holds. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 30_000 });

walks('tickets', () => {
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
    const project = { key: 'ENG', name: 'Engineering', workflow: 'standard' } as const;
    await grace.client.create_project({ workspace_id, body: project });
  }, patience);
  afterEach(() => line.turn('fair'));
  afterAll(async () => {
    await numbering.stop();
    await stage.stop();
    await line.close();
  });

  const create = (title: string, fields: { description?: string; labels?: string[]; assignee_id?: string } = {}) =>
    grace.client.create_ticket({ workspace_id, project_id: 'ENG', body: { title, ...fields } });
  const read = (ticket: string) => grace.client.get_ticket({ workspace_id, ticket });
  const w = () => `/w/${workspace_id}`;

  const enter = (person: Person, where: string) => openBy(line, stage, person, where);

  /** Returns the faults of a tab, except for requests through the proxy and those that a test expects. */
  const complaints = ({ faults }: Tab, expected = /^$/) =>
    faults.filter((fault) => !fault.startsWith(new URL(line.url).origin) && !expected.test(fault));

  test('are found in a live list and edited beside it, by keys alone', { timeout: patience }, async () => {
    await create('The brake squeaks', { labels: ['brake'] });
    const { key } = await create('The crane drops its load', { labels: ['crane', 'brake', 'safety', 'harbour'] });
    const tab = await enter(ada, `${w()}/p/ENG/list`);
    const { page } = tab;
    const row = (title: string) => page.getByRole('row', { name: new RegExp(title) });
    await row('The crane drops its load').waitFor();
    await look(page, 'list');

    // Tickets that somebody else creates or changes appear by themselves.
    const { key: other, version } = await create('A new rope');
    await row('A new rope').waitFor();
    await grace.client.update_ticket({ workspace_id, ticket: other, body: { title: 'A rope that holds', version } });
    await row('A rope that holds').waitFor();

    // j and k move, x selects, o opens beside the list, e edits the title.
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('The crane drops its load');
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await look(page, 'list-selected');
    await page.keyboard.press('Escape');
    await page.getByText('1 selected').waitFor({ state: 'hidden' });
    await page.keyboard.press('o');
    await page.getByRole('article', { name: key }).waitFor();
    expect(page.url()).toContain(`?t=${key}`);
    await page.getByText('created the ticket').waitFor();
    await look(page, 'list-beside');
    await page.keyboard.press('e');
    await page.getByRole('textbox', { name: 'Title' }).waitFor();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('The crane dropped its load');
    await page.keyboard.press('Enter');
    await row('The crane dropped its load').waitFor();
    await soon(async () => (await read(key)).title).toBe('The crane dropped its load');

    // A step by its key: only the allowed steps are offered, and one that requires fields asks for them.
    await page.getByRole('heading', { name: 'The crane dropped its load' }).click();
    await page.keyboard.press('s');
    await page.getByRole('menuitem', { name: 'In progress' }).waitFor();
    expect(await page.locator('[role=menuitem] .menu-text').allInnerTexts()).toEqual([
      'In progress',
      'Waiting',
      'Resolved…',
      'Closed…',
    ]);
    await look(page, 'status-menu');
    await page.getByRole('menuitem', { name: 'Resolved' }).click();
    const sheet = page.getByRole('dialog', { name: `${key} to Resolved` });
    // The focus is on the first required field, not on the button that closes the sheet.
    const focused = sheet.getByLabel('Resolution');
    await soon(() => focused.evaluate('document.activeElement?.tagName')).toBe('SELECT');
    await sheet.getByRole('button', { name: 'Move to Resolved' }).click();
    await sheet.getByText('Choose a resolution.').waitFor();
    await look(page, 'step-sheet');
    await sheet.getByLabel('Resolution').selectOption('fixed');
    await sheet.getByRole('button', { name: 'Move to Resolved' }).click();
    await page.getByText(`${key} moved to Resolved`).waitFor();
    await soon(async () => (await read(key)).resolution).toBe('fixed');
    await page.keyboard.press('Escape');
    await page.getByRole('article', { name: key }).waitFor({ state: 'hidden' });
    expect(complaints(tab)).toEqual([]);
    await page.context().close();
  });

  test('are filtered by the address, and the Back button undoes a filter', { timeout: patience }, async () => {
    await create('Paint the rail', { labels: ['paint'] });
    const tab = await enter(ada, `${w()}/p/ENG/list`);
    const { page } = tab;
    await page.getByRole('row', { name: /Paint the rail/ }).waitFor();
    await page.keyboard.press('/');
    await page.getByRole('menuitem', { name: 'Label' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'paint' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Label: paint/ }).waitFor();
    expect(page.url()).toMatch(/\?label=paint$/);
    await soon(() => page.locator('[data-id]').count()).toBe(1);
    await look(page, 'list-filtered');
    await page.goBack();
    await page.getByRole('row', { name: /A rope that holds/ }).waitFor();
    await page.goto(`${new URL(line.url).origin}${w()}/list?label=nothing&sort=-updated_at`);
    await page.getByRole('heading', { name: 'No ticket matches' }).waitFor();
    await look(page, 'list-empty');
    await page.getByRole('button', { name: 'Clear filters' }).last().click();
    await page.getByRole('row', { name: /Paint the rail/ }).waitFor();
    expect(page.url()).toMatch(/\?sort=-updated_at$/);
    expect(complaints(tab)).toEqual([]);
    await page.context().close();
  });

  test('that somebody else changed in the meantime show both texts, and lose neither', {
    timeout: patience,
  }, async () => {
    const { key, id, version } = await create('Oil the winch', { description: 'One\nTwo\nThree' });
    const tab = await enter(ada, `${w()}/t/${key}`);
    const { page } = tab;
    await page.getByRole('button', { name: 'Edit the title' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Oil both winches');
    await grace.client.update_ticket({ workspace_id, ticket: id, body: { title: 'Grease the winch', version } });
    await page.getByText('Grace Hopper has changed this meanwhile').waitFor();
    await look(page, 'title-changed');
    await page.getByRole('button', { name: 'Save' }).click();
    const conflict = page.getByRole('alert', { name: 'Conflict' });
    await conflict.waitFor();
    expect(await conflict.locator('dd').allInnerTexts()).toEqual([
      'Oil the winch',
      'Oil both winches',
      'Grease the winch',
    ]);
    expect(await conflict.locator('ins').allInnerTexts()).toEqual(['both', 'winches', 'Grease']);
    await look(page, 'conflict');
    await conflict.getByRole('button', { name: 'Use mine' }).click();
    await page.getByRole('heading', { name: 'Oil both winches' }).waitFor();
    await soon(async () => (await read(key)).title).toBe('Oil both winches');

    // Edits of different lines are merged without asking.
    await page.getByRole('button', { name: 'Edit Description' }).click();
    await page.getByRole('textbox', { name: 'Description' }).fill('One\nTwo\nThree, and oil');
    const now = await read(key);
    const theirs = { description: 'One, and grease\nTwo\nThree', version: now.version };
    await grace.client.update_ticket({ workspace_id, ticket: id, body: theirs });
    await page.keyboard.press('ControlOrMeta+Enter');
    await soon(async () => (await read(key)).description).toBe('One, and grease\nTwo\nThree, and oil');
    expect(complaints(tab, /status of 409/)).toEqual([]);
    await page.context().close();
  });

  test('that were moved in the meantime say where they are, and which steps there are', {
    timeout: patience,
  }, async () => {
    const { key, id } = await create('Check the hook');
    const tab = await enter(ada, `${w()}/t/${key}`);
    const { page } = tab;
    await page.getByText('created the ticket').waitFor();
    await page.getByRole('button', { name: 'Status: Open' }).click();
    await page.getByRole('menuitem', { name: 'Waiting' }).waitFor();
    // Events stop while the menu is open, so the page learns of the move only after taking its own step.
    await numbering.stop();
    const to = { to: 'closed', resolution: 'invalid' };
    await grace.client.transition_ticket({ workspace_id, ticket: id, body: to });
    await page.getByRole('menuitem', { name: 'Waiting' }).click();
    const refused = page.getByRole('alert').filter({ hasText: `${key} is Closed now.` });
    await refused.waitFor();
    numbering = keepNumbering(stage.server.database.url);
    await refused.getByText('Grace Hopper').waitFor();
    expect(await refused.getByRole('button').allInnerTexts()).toEqual(['Open', 'In progress', 'Leave it']);
    await look(page, 'step-refused');
    await refused.getByRole('button', { name: 'In progress' }).click();
    await soon(async () => (await read(key)).status).toBe('in_progress');
    expect(complaints(tab, /status of 409/)).toEqual([]);
    await page.context().close();
  });

  test('keep a typed comment over a reload, and share it between two tabs', { timeout: patience }, async () => {
    const { key } = await create('Replace the rope');
    const tab = await enter(ada, `${w()}/t/${key}`);
    const { page } = tab;
    const box = page.getByRole('textbox', { name: 'Comment' });
    // Typing @ offers people to mention.
    await box.focus();
    await page.keyboard.type('The rope is worn, @gra');
    await page.getByRole('option', { name: /Grace Hopper/ }).waitFor();
    await look(page, 'mention');
    await box.focus();
    await page.keyboard.press('Enter');
    await soon(() => box.inputValue()).toBe('The rope is worn, @Grace Hopper ');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('.');
    await page.reload();
    await soon(() => box.inputValue()).toBe('The rope is worn, @Grace Hopper.');
    await page.getByText('Draft kept').waitFor();
    await look(page, 'comment-draft');
    const second = await stage.open('/signin', page.context());
    await second.page.goto(page.url());
    const other = second.page.getByRole('textbox', { name: 'Comment' });
    await soon(() => other.inputValue()).toBe('The rope is worn, @Grace Hopper.');
    await other.fill('The rope is worn, @Grace Hopper. I have a new one.');
    await soon(() => box.inputValue()).toBe('The rope is worn, @Grace Hopper. I have a new one.');
    await box.focus();
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByRole('listitem').filter({ hasText: 'I have a new one' }).waitFor();
    await soon(() => other.inputValue()).toBe('');
    const { data } = await grace.client.list_comments({ workspace_id, ticket: key });
    expect(data.map(({ body }) => body)).toEqual([`The rope is worn, @${grace.user.id}. I have a new one.`]);
    // The other tab receives it from the stream that both share.
    await second.page.getByRole('listitem').filter({ hasText: 'I have a new one' }).waitFor();
    expect(complaints(tab)).toEqual([]);
    await page.context().close();
  });

  test('keep the changes of somebody who cannot reach the server, and send them when it is back', {
    timeout: patience,
  }, async () => {
    const { key } = await create('Order bolts');
    const tab = await enter(ada, `${w()}/t/${key}`);
    const { page } = tab;
    await page.getByText('created the ticket').waitFor();
    await untilReady(page);
    line.turn('refusing');
    await page.getByRole('button', { name: 'Priority: No priority' }).click();
    await page.getByRole('menuitemradio', { name: 'Urgent' }).click();
    await page.getByRole('textbox', { name: 'Comment' }).fill('Twelve of them.');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page
      .getByText(/^Not connected since \d\d:\d\d\. 2 changes wait here\.$/, { exact: true })
      .last()
      .waitFor();
    await page.getByRole('button', { name: 'Priority: Urgent' }).waitFor();
    await look(page, 'offline');
    expect(await read(key)).toMatchObject({ priority: 'none' });
    line.turn('fair');
    await soon(async () => (await read(key)).priority).toBe('urgent');
    await soon(async () => (await grace.client.list_comments({ workspace_id, ticket: key })).data.length).toBe(1);
    await page.getByText('Live', { exact: true }).waitFor();
    // Wait until nothing is being sent any more.
    await page.getByText(/Sending/).waitFor({ state: 'hidden' });
    expect(complaints(tab, /ERR_|Failed to fetch/)).toEqual([]);
    await page.context().close();
  });

  test('become read-only as soon as the person’s role no longer allows changes', { timeout: patience }, async () => {
    const { key } = await create('Count the bolts');
    const tab = await enter(ada, `${w()}/t/${key}`);
    const { page } = tab;
    await page.getByRole('button', { name: 'Edit the title' }).waitFor();
    const box = page.getByRole('textbox', { name: 'Comment' });
    await box.fill('Twelve, I think.');
    const { version } = await grace.client.get_member({ workspace_id, user_id: ada.user.id });
    await grace.client.update_member({ workspace_id, user_id: ada.user.id, body: { role: 'viewer', version } });
    await page.getByRole('button', { name: 'Edit the title' }).waitFor({ state: 'hidden' });
    await page.getByText('Your role here is viewer. This takes one of: owner, admin, member.').first().waitFor();
    // The typed text can still be read and copied.
    await page.getByRole('blockquote').getByText('Twelve, I think.').waitFor();
    await look(page, 'viewer');
    await page.keyboard.press('s');
    await page.getByRole('menu').waitFor({ state: 'hidden' });
    const again = await grace.client.get_member({ workspace_id, user_id: ada.user.id });
    const member = { role: 'member' as const, version: again.version };
    await grace.client.update_member({ workspace_id, user_id: ada.user.id, body: member });
    await page.getByRole('button', { name: 'Edit the title' }).waitFor();
    expect(await box.inputValue()).toBe('Twelve, I think.');
    expect(complaints(tab)).toEqual([]);
    await page.context().close();
  });

  test('are read page by page in a long list, which renders only what is visible', { timeout: patience }, async () => {
    await grace.client.create_project({ workspace_id, body: { key: 'BIG', name: 'Big' } });
    const many = 260;
    const numbers = Array.from({ length: many }, (_, index) => index + 1);
    for (let from = 0; from < many; from += 20) {
      const some = numbers.slice(from, from + 20);
      await Promise.all(
        some.map((number) =>
          grace.client.create_ticket({ workspace_id, project_id: 'BIG', body: { title: `Bolt ${number}` } }),
        ),
      );
    }
    const tab = await enter(ada, `${w()}/list?project=BIG&sort=created_at`);
    const { page } = tab;
    await page.getByText(/^\d+ shown, more below$/).waitFor();
    await look(page, 'long-list');
    const drawn = () => page.locator('[data-id]').count();
    expect(await drawn()).toBeLessThan(many);
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    await soon(async () => {
      await page.keyboard.press('j');
      return focused();
    }).toMatch(/^Bolt \d+$/);
    // End loads the next page, until all are loaded.
    const atTheEnd = async () => {
      await page.keyboard.press('End');
      return page.getByText(`${many} tickets`).count();
    };
    await expect.poll(atTheEnd, { interval: 300, timeout: 60_000 }).toBe(1);
    await page.keyboard.press('End');
    expect(await drawn()).toBeLessThan(100);
    const last = await focused();
    expect(last).toMatch(/^Bolt \d+$/);
    await page.keyboard.press('k');
    expect(await focused()).not.toBe(last);
    await page.keyboard.press('Home');
    const first = await focused();
    expect(first).toMatch(/^Bolt \d+$/);
    // The focused row keeps the focus when it is scrolled out of view.
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
    await page.getByText(last, { exact: true }).waitFor();
    expect(await focused()).toBe(first);
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByText('3 selected').waitFor();
    await page.keyboard.press('p');
    await page.getByRole('menuitemradio', { name: 'High' }).click();
    await soon(async () => {
      const { data } = await grace.client.list_tickets({ workspace_id, project_id: 'BIG', priority: 'high' });
      return data.length;
    }).toBe(3);
    expect(complaints(tab)).toEqual([]);
    await page.context().close();
  });

  test('send their changes after the session has ended and the person has signed in again', {
    timeout: patience,
  }, async () => {
    const { key } = await create('Sweep the quay');
    const tab = await enter(ada, `${w()}/t/${key}`);
    const { page } = tab;
    await page.getByText('created the ticket').waitFor();
    await untilReady(page);
    line.turn('refusing');
    await page.getByRole('button', { name: 'Priority: No priority' }).click();
    await page.getByRole('menuitemradio', { name: 'Low' }).click();
    await page.getByText('Offline', { exact: true }).waitFor();
    const { data: sessions } = await ada.client.list_sessions();
    for (const { id, current } of sessions) if (!current) await ada.client.revoke_session({ session_id: id });
    line.turn('fair');
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor();
    expect(await read(key)).toMatchObject({ priority: 'none' });
    await dialog.getByLabel(`Password of ${ada.email}`).fill(ada.password);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await soon(async () => (await read(key)).priority).toBe('low');
    await page.getByText('Live', { exact: true }).waitFor();
    expect(complaints(tab, /status of 401|ERR_/)).toEqual([]);
    await page.context().close();
  });

  test('can be deleted and restored, and a missing one says so', { timeout: patience }, async () => {
    const { key } = await create('Throw away the rope');
    const tab = await enter(ada, `${w()}/p/ENG/list?t=${key}`);
    const { page } = tab;
    await page.getByRole('button', { name: `More for ${key}` }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText(`${key} was deleted.`).waitFor();
    await page.getByRole('row', { name: /Throw away the rope/ }).waitFor({ state: 'hidden' });
    await look(page, 'deleted');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('row', { name: /Throw away the rope/ }).waitFor();
    await page.goto(`${new URL(line.url).origin}${w()}/t/ENG-9999`);
    await page.getByRole('heading', { name: 'ENG-9999 isn’t here' }).waitFor();
    await look(page, 'not-found');
    await page.goto(`${new URL(line.url).origin}${w()}/p/NONE/board`);
    await page.getByRole('heading', { name: 'The board could not be loaded.' }).waitFor();
    await page.goto(`${new URL(line.url).origin}${w()}/p/ENG/board?assignee=nobody`);
    await page.getByText('Expected a UUID, me or none.').waitFor();
    expect(await page.getByText('No ticket matches these filters.').count()).toBe(0);
    expect(complaints(tab, /status of 4(04|22)/)).toEqual([]);
    await page.context().close();
  });
});
