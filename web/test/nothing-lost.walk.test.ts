import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepNumbering } from '../../proof/harness/events.ts';
import type { Person } from '../../proof/harness/people.ts';
import { type Proxy, startProxy } from '../../proof/harness/proxy.ts';
import { executablePath, look, signIn, type Stage, startStage } from './browser.ts';
import { makeMembers } from './team.ts';
import { makeKillableBrowser } from './killable-browser.ts';
import { findTyped, forgetful, typed_fields, typedText, typeEverywhere, type TypedField } from './typed-texts.ts';

const patience = 180_000;
const all = [...typed_fields].toSorted();

// Each walk returns the fields whose text can still be found: all of them in the console, none in the control. A text
// that is found in the control would show that its walk does not test the drafts.
describe.skipIf(executablePath === undefined).each([
  { does: 'the console keeps what was typed', broken: [], kept: all, seconds: 30 },
  { does: 'a console without drafts loses what was typed', broken: forgetful, kept: [], seconds: 3 },
])('$does (set CHROMIUM_PATH)', ({ broken, kept, seconds }) => {
  const is_real = broken.length === 0;
  let stage: Stage;
  let line: Proxy;
  let numbering: ReturnType<typeof keepNumbering>;
  let grace: Person;
  let ada: Person;
  let workspace_id: string;
  let context: BrowserContext;

  beforeAll(async () => {
    stage = await startStage({}, broken);
    line = await startProxy(stage.server.url);
    numbering = keepNumbering(stage.server.database.url);
    const names = { owner: 'Grace Hopper', member: 'Ada Lovelace' };
    ({ workspace_id, owner: grace, member: ada } = await makeMembers(stage, names));
    await grace.client.create_project({ workspace_id, body: { key: 'ENG', name: 'Engineering' } });
    const first = await stage.open('/signin');
    context = first.page.context();
    await first.page.close();
  }, patience);
  afterAll(async () => {
    await numbering.stop();
    await stage.stop();
    await line.close();
  });

  /** Creates a ticket with a comment by Ada. */
  async function prepare(title: string) {
    const body = { title, description: 'As it was.' };
    const { id: ticket, key } = await grace.client.create_ticket({ workspace_id, project_id: 'ENG', body });
    const said = await ada.client.create_comment({ workspace_id, ticket, body: { body: 'As I said.' } });
    return { ticket, said, where: `${new URL(line.url).origin}/w/${workspace_id}/t/${key}` };
  }

  /** Opens a ticket’s page as Ada, and signs in if asked. */
  async function enter(page: Page, where: string): Promise<Page> {
    page.setDefaultTimeout(30_000);
    await page.goto(where);
    const password = page.getByLabel('Password', { exact: true });
    const story = page.getByText('created the ticket');
    await story.or(password).waitFor();
    if (await password.isVisible()) await signIn(page, ada);
    await story.waitFor();
    return page;
  }
  const open = async (where: string) => enter(await context.newPage(), where);
  const find = async (page: Page, tag: string): Promise<TypedField[]> =>
    (await findTyped(page, tag, seconds)).toSorted();

  /**
   * Waits until the texts must be on the disk. A console without drafts writes nothing, so that the wait may be short.
   */
  const rest = (page: Page) => page.waitForTimeout(is_real ? 3_000 : 500);

  test('over a reload', { timeout: patience }, async () => {
    const { where } = await prepare('Reloaded');
    const page = await open(where);
    await typeEverywhere(page, 'reload');
    await page.reload(); // at once: the last text is less than 300 ms old
    await page.getByText('created the ticket').waitFor();
    expect(await find(page, 'reload')).toEqual(kept);
    await page.close();
  });

  test('when the browser is killed', { timeout: patience }, async () => {
    const browser = makeKillableBrowser();
    try {
      const { where } = await prepare('Killed');
      const page = await enter(await (await browser.start()).newPage(), where);
      await typeEverywhere(page, 'killed');
      await rest(page);
      await browser.kill();
      const again = await enter(await (await browser.start()).newPage(), where);
      expect(await find(again, 'killed')).toEqual(kept);
    } finally {
      await browser.drop();
    }
  });

  test('in conflicts and refusals, and over a reload after them', { timeout: patience }, async () => {
    const { ticket, said, where } = await prepare('In conflict');
    const page = await open(where);
    await typeEverywhere(page, 'conflict');
    const form = page.getByRole('dialog', { name: 'New ticket' });
    await form.getByLabel('Labels').fill('x'.repeat(300));
    await form.getByRole('button', { name: 'Create ticket' }).click();
    await form
      .getByText(/at most|too long/i)
      .first()
      .waitFor();
    await form.getByRole('button', { name: 'Close' }).first().click();
    const { version } = await grace.client.get_ticket({ workspace_id, ticket });
    const theirs = { title: 'Grace’s title', description: 'Grace’s description', version };
    await grace.client.update_ticket({ workspace_id, ticket, body: theirs });
    const again = { workspace_id, ticket, comment_id: said.id, body: { body: 'As I say now.', version: said.version } };
    await ada.client.update_comment(again);
    await page.getByText('has changed this meanwhile').first().waitFor();
    await page.getByText('This comment was edited elsewhere meanwhile').waitFor();
    await page.getByRole('textbox', { name: 'Title' }).press('Enter');
    await page.getByRole('textbox', { name: 'Description' }).press('ControlOrMeta+Enter');
    await expect.poll(() => page.getByRole('alert', { name: 'Conflict' }).count(), { timeout: 60_000 }).toBe(2);
    if (is_real) await look(page, 'conflicts', { height: 2_400 });
    await page.reload();
    await page.getByText('created the ticket').waitFor();
    expect(await find(page, 'conflict')).toEqual(kept);
    if (is_real) await endConflicts(page, { ticket, comment_id: said.id });
    await page.close();
  });

  /** Chooses the person’s own text in each conflict, and checks that the server has it. */
  async function endConflicts(page: Page, { ticket, comment_id }: { ticket: string; comment_id: string }) {
    await page.getByRole('dialog', { name: 'New ticket' }).getByRole('button', { name: 'Close' }).first().click();
    const mine = page.getByRole('alert', { name: 'Conflict' }).getByRole('button', { name: 'Use mine' });
    await mine.first().click();
    await mine.nth(1).waitFor({ state: 'hidden' });
    await mine.click();
    const comment = page.locator(`#comment-${comment_id}`);
    await comment.getByRole('button', { name: 'Use mine' }).click();
    await comment.getByRole('button', { name: 'Save' }).click();
    const texts = async () => {
      const { title, description } = await grace.client.get_ticket({ workspace_id, ticket });
      const { body } = await grace.client.get_comment({ workspace_id, ticket, comment_id });
      return [title, description, body];
    };
    const chosen = (['title', 'description', 'edit of a comment'] as const).map((field) =>
      typedText(field, 'conflict'),
    );
    await expect.poll(texts, { timeout: 60_000 }).toEqual(chosen);
  }

  test('when it is sent while the server is unreachable, from a tab that is then closed', {
    timeout: patience,
  }, async () => {
    const { where } = await prepare('Away');
    const page = await open(where);
    await page.getByText('Live', { exact: true }).waitFor();
    await typeEverywhere(page, 'away');
    line.turn('refusing');
    const form = page.getByRole('dialog', { name: 'New ticket' });
    await form.getByRole('button', { name: 'Create ticket' }).click();
    await form.getByRole('alert').getByText(/./).first().waitFor();
    await form.getByRole('button', { name: 'Close' }).first().click();
    await page.getByRole('textbox', { name: 'Title' }).press('Enter');
    await page.getByRole('textbox', { name: 'Description' }).press('ControlOrMeta+Enter');
    await page.getByRole('textbox', { name: 'Comment', exact: true }).press('ControlOrMeta+Enter');
    await page.getByRole('textbox', { name: 'Edit the comment' }).press('ControlOrMeta+Enter');
    await page.getByText('Not saved, your text is kept.').waitFor();
    await rest(page);
    await page.close();
    line.turn('fair');
    const again = await open(where);
    expect(await find(again, 'away')).toEqual(kept);
    if (is_real) {
      const { data } = await grace.client.list_tickets({ workspace_id, q: 'away' });
      expect(data.map(({ title }) => title)).toContain(typedText('title', 'away'));
    }
    await again.close();
  });

  test('when the person is signed out elsewhere, and signs in again', { timeout: patience }, async () => {
    const { where } = await prepare('Signed out');
    const page = await open(where);
    await typeEverywhere(page, 'signed out');
    const { data: sessions } = await ada.client.list_sessions();
    for (const { id, current } of sessions) if (!current) await ada.client.revoke_session({ session_id: id });
    await page.getByRole('dialog', { name: 'New ticket' }).getByRole('button', { name: 'Create ticket' }).click();
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await enter(page, where); // by loading the page, not in the dialog, under which everything stays
    expect(await find(page, 'signed out')).toEqual(kept);
    await page.close();
  });

  test('for a second tab, when the first is closed', { timeout: patience }, async () => {
    const { where } = await prepare('In two tabs');
    const [first, second] = [await open(where), await open(where)];
    await typeEverywhere(first, 'two tabs');
    await rest(first);
    await first.close();
    expect(await find(second, 'two tabs')).toEqual(kept);
    await second.close();
  });

  test('when its fields are closed, and the person leaves the page and comes back', {
    timeout: patience,
  }, async () => {
    const { where } = await prepare('Left');
    const page = await open(where);
    await typeEverywhere(page, 'left');
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Title' }).press('Escape');
    await page.getByRole('textbox', { name: 'Description' }).press('Escape');
    await page.getByRole('textbox', { name: 'Edit the comment' }).press('Escape');
    await page.getByRole('main').click({ position: { x: 2, y: 2 } });
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByRole('row', { name: /Left/ }).waitFor();
    await page.goBack();
    await page.getByText('created the ticket').waitFor();
    expect(await find(page, 'left')).toEqual(kept);
    await page.close();
  });
});
