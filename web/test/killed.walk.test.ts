import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../proof/harness/database.ts';
import { type Person, registerPerson } from '../../proof/harness/people.ts';
import { freePort, type Served, startServing } from '../../proof/harness/served.ts';
import { chromium_flags } from '../../scripts/chromium.ts';
import { executablePath, signIn } from './browser.ts';
import { builtConsole } from './consoles.ts';

describe.skipIf(executablePath === undefined)('a server that is killed (set CHROMIUM_PATH)', () => {
  let console_dir: string;
  let database: TestDatabase;
  let served: Served;
  let browser: Browser;
  let port: number;

  /** Starts the real server with its worker, always at the same address. */
  const start = () => {
    const built = { find: "path.join(project_root, 'web/dist')", replace: JSON.stringify(console_dir) };
    const source = [{ file: 'http/console-build.ts', ...built }];
    return startServing({ database_url: database.url, port, source });
  };

  beforeAll(async () => {
    console_dir = await builtConsole();
    database = await createDatabase();
    port = await freePort();
    served = await start();
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: chromium_flags });
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await served.stop();
    await database.drop();
  });

  test('takes nothing with it that was typed or done, and tells what happened when it is back', async () => {
    const ada: Person = await registerPerson(served, { name: 'Ada Lovelace' });
    const { id: workspace_id } = await ada.client.create_workspace({ body: { name: 'Harbour' } });
    await ada.client.create_project({ workspace_id, body: { key: 'ENG', name: 'Engineering' } });
    const create = (title: string) => ada.client.create_ticket({ workspace_id, project_id: 'ENG', body: { title } });
    const { id } = await create('The crane drops its load');
    const read = () => ada.client.get_ticket({ workspace_id, ticket: id });
    const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 60_000 });

    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${served.url}/signin?next=${encodeURIComponent(`/w/${workspace_id}/p/ENG/list?t=ENG-1`)}`);
    await signIn(page, ada);
    await page.getByText('created the ticket').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();

    served.child.kill('SIGKILL');
    await served.ended;
    await page.getByRole('textbox', { name: 'Comment' }).fill('The brake is worn.');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByRole('button', { name: 'Priority: No priority' }).click();
    await page.getByRole('menuitemradio', { name: 'Urgent' }).click();
    await page.getByRole('button', { name: 'Status: Open' }).click();
    await page.getByRole('menuitem', { name: 'In progress' }).click();
    await page.getByRole('textbox', { name: 'Comment' }).fill('And the rope');
    await page.locator('p.connection').getByText('3 changes wait here.').waitFor();

    served = await start();
    await soon(async () => (await read()).status).toBe('in_progress');
    expect(await read()).toMatchObject({ priority: 'urgent', status: 'in_progress', version: 3 });
    const { data } = await ada.client.list_comments({ workspace_id, ticket: id });
    expect(data.map(({ body }) => body)).toEqual(['The brake is worn.']);
    expect(await page.getByRole('textbox', { name: 'Comment' }).inputValue()).toBe('And the rope');
    await page.getByText('Live', { exact: true }).waitFor();
    await create('A new rope');
    await page.getByRole('row', { name: /A new rope/ }).waitFor();
  }, 300_000);
});
