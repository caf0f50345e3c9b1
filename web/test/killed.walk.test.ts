import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../proof/harness/database.ts';
import { joinWorkspace, type Person, registerPerson } from '../../proof/harness/people.ts';
import { freePort, type Served, startServing } from '../../proof/harness/served.ts';
import { chromium_flags } from '../../scripts/chromium.ts';
import { executablePath, signIn } from './browser.ts';
import { type Broken, builtConsole } from './consoles.ts';
import { drawnVersions, fallsIn, watchVersions } from './drawn-versions.ts';

/** A console that takes a missing response for a success. */
const careless: Broken[] = [
  { file: 'api/send.ts', find: "return { kind: 'later', cause: 'unreachable' };", replace: 'return done({});' },
];
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 60_000 });

describe.skipIf(executablePath === undefined).each([
  { does: 'loses nothing that was typed or done', broken: [] },
  { does: 'would lose what was done, if a missing response counted as a success', broken: careless },
])('a server that is killed (set CHROMIUM_PATH)', ({ does, broken }) => {
  const is_real = broken.length === 0;
  let console_dir: string;
  let database: TestDatabase;
  let served: Served;
  let browser: Browser;
  let port: number;

  /** Starts the real server with its worker, always on the same port. */
  const start = () => {
    const built = { find: "path.join(project_root, 'web/dist')", replace: JSON.stringify(console_dir) };
    const source = [{ file: 'http/console-build.ts', ...built }];
    return startServing({ database_url: database.url, port, source });
  };

  beforeAll(async () => {
    console_dir = await builtConsole(broken);
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

  /** Opens a page in a separate browser context for the person, and watches which versions it renders. */
  async function open(person: Person, where: string): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${served.url}/signin?next=${encodeURIComponent(where)}`);
    await signIn(page, person);
    await page.getByText('created the ticket').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await watchVersions(page);
    return page;
  }

  /** Returns what a page shows of the ticket beside the list. */
  async function saidBy(page: Page): Promise<Record<string, unknown>> {
    const ticket = page.getByRole('article');
    const version = Number(/version (\d+)/.exec(await ticket.innerText())?.[1]);
    const title = await ticket.locator('.ticket-title').innerText();
    const isThere = (name: string) => ticket.getByRole('button', { name, exact: true }).isVisible();
    const priority = (await isThere('Priority: Urgent')) ? 'urgent' : 'none';
    const status = (await isThere('Status: In progress')) ? 'in_progress' : 'open';
    return { version, title, priority, status };
  }

  test(does, { timeout: 300_000 }, async () => {
    const [ada, grace] = await Promise.all([
      registerPerson(served, { name: 'Ada Lovelace' }),
      registerPerson(served, { name: 'Grace Hopper' }),
    ]);
    const { id: workspace_id } = await ada.client.create_workspace({ body: { name: 'Harbour' } });
    await joinWorkspace(ada, grace, workspace_id, 'member');
    await ada.client.create_project({ workspace_id, body: { key: 'ENG', name: 'Engineering' } });
    const create = (title: string) => ada.client.create_ticket({ workspace_id, project_id: 'ENG', body: { title } });
    const { id } = await create('The crane drops its load');
    const read = async () => {
      const { version, title, priority, status } = await ada.client.get_ticket({ workspace_id, ticket: id });
      return { version, title, priority, status };
    };
    const where = `/w/${workspace_id}/p/ENG/list?t=ENG-1`;
    const page = await open(ada, where);
    const other = await open(grace, where);

    served.child.kill('SIGKILL');
    await served.ended;
    await page.getByRole('textbox', { name: 'Comment' }).fill('The brake is worn.');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByRole('button', { name: 'Priority: No priority' }).click();
    await page.getByRole('menuitemradio', { name: 'Urgent' }).click();
    await page.getByRole('button', { name: 'Status: Open' }).click();
    await page.getByRole('menuitem', { name: 'In progress' }).click();
    await page.getByRole('textbox', { name: 'Comment' }).fill('And the rope');
    await other.getByRole('button', { name: 'Edit the title' }).click();
    await other.getByRole('textbox', { name: 'Title' }).fill('The crane dropped its load');
    await other.keyboard.press('Enter');
    if (is_real) await page.locator('.connection').getByText('3 changes wait here.').waitFor();

    served = await start();
    const changed = { version: 4, title: 'The crane dropped its load', priority: 'urgent', status: 'in_progress' };
    const unchanged = { version: 1, title: 'The crane drops its load', priority: 'none', status: 'open' };
    for (const one of [page, other]) await one.getByText('Live', { exact: true }).waitFor();
    await soon(read).toEqual(is_real ? changed : unchanged);
    const { data } = await ada.client.list_comments({ workspace_id, ticket: id });
    expect(data.map(({ body }) => body)).toEqual(is_real ? ['The brake is worn.'] : []);
    // Both pages show the server's state, and neither of them ever went back to an older version.
    for (const one of [page, other]) {
      await soon(() => saidBy(one)).toEqual(await read());
      expect(fallsIn(await drawnVersions(one))).toEqual([]);
    }
    expect(await page.getByRole('textbox', { name: 'Comment' }).inputValue()).toBe('And the rope');
    await create('A new rope');
    for (const one of [page, other]) await one.getByRole('row', { name: /A new rope/ }).waitFor();
  });
});
