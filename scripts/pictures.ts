import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { inOwnFolder } from '../proof/harness/take-down.ts';
import { startProxy, type Proxy } from '../proof/harness/proxy.ts';
import { progressBar } from '../proof/replay/progress.ts';
import { startOwnServer } from '../proof/replay/own-server.ts';
import { replay } from '../proof/replay/replay.ts';
import { createClient } from '../sdk/index.ts';
import { chromium_flags, findChromium } from './chromium.ts';

// `npm run pictures`: rewrites docs/pictures, the pictures of docs/console.md, from the tickets of `npm run demo`.

const root = path.resolve(import.meta.dirname, '..');
const pictures = path.join(root, 'docs/pictures');
const sample = path.join(root, 'proof/replay/sample/jqueryui-replay.ndjson.gz');

const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 780 };
const password = 'a password for pictures';
const names = 'Grace Hopper,Ada Lovelace,Alan Turing,Barbara Liskov,Donald Knuth,Edsger Dijkstra,Frances Allen'.split(
  ',',
);

const looks = {
  workspace: 'jQuery UI',
  key: 'JQUI',
  project: 'jQuery UI',
  person: (n: number) => ({ name: names[n] ?? `Person ${n}`, email: `person-${n}@example.com` }),
  password: () => password,
};

/** Saves a screenshot of a page as WebP, to keep it small. */
async function shoot(page: Page, name: string): Promise<void> {
  await page.evaluate('document.fonts.ready');
  await page.waitForTimeout(500);
  const cdp = await page.context().newCDPSession(page);
  const { data } = await cdp.send('Page.captureScreenshot', { format: 'webp', quality: 75 });
  writeFileSync(path.join(pictures, `${name}.webp`), Buffer.from(data, 'base64'));
  await cdp.detach();
}

interface Scene {
  browser: Browser;
  line: Proxy;
  workspace: string;
  server_url: string;
  client: ReturnType<typeof createClient>;
}

/** Opens the console in a new profile, through the proxy that can be cut, signed in as the first person. */
async function enter({ browser, line }: Scene, where: string, look: Parameters<Browser['newContext']>[0] = {}) {
  const context = await browser.newContext({ viewport: desktop, colorScheme: 'light', locale: 'en', ...look });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(new URL(`/signin?next=${encodeURIComponent(where)}`, line.url).href);
  await page.getByLabel('E-mail address').fill(looks.person(0).email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname + url.search === where);
  return page;
}

/** How many tickets of the project are in each status. */
const spread = { open: 9, in_progress: 6, waiting: 3, resolved: 5 };
const priorities = ['none', 'high', 'medium', 'low', 'urgent'] as const;

/** Creates a project with the standard workflow and some of the sample’s tickets, in different statuses. */
async function makeProject({ client, workspace }: Scene): Promise<void> {
  const [, , workspace_id = ''] = workspace.split('/');
  await client.create_project({
    workspace_id,
    body: { key: 'WEB', name: 'Widgets', workflow: 'standard' },
  });
  const [{ data: known }, { data: members }] = await Promise.all([
    client.list_tickets({ workspace_id, limit: 40 }),
    client.list_members({ workspace_id, limit: 6 }),
  ]);
  const statuses = Object.entries(spread).flatMap(([status, count]) => Array.from({ length: count }, () => status));
  for (const [index, to] of statuses.entries()) {
    const { title, description } = await client.get_ticket({ workspace_id, ticket: known[index]?.id ?? '' });
    const assignee_id = index % 3 === 0 ? null : (members[index % members.length]?.user_id ?? null);
    const labels = [['ui'], ['tabs', 'css'], [], ['dialog']][index % 4] ?? [];
    const body = { title, description, assignee_id, labels, priority: priorities[index % priorities.length] ?? 'none' };
    const { id: ticket } = await client.create_ticket({ workspace_id, project_id: 'WEB', body });
    const resolution = to === 'resolved' ? { resolution: 'fixed' } : {};
    if (to !== 'open') await client.transition_ticket({ workspace_id, ticket, body: { to, ...resolution } });
  }
}

async function board(scene: Scene): Promise<void> {
  const where = `${scene.workspace}/p/WEB/board`;
  for (const [name, look] of [
    ['board', {}],
    ['board-dark', { colorScheme: 'dark' as const }],
    ['board-phone', { viewport: phone, hasTouch: true, isMobile: true, deviceScaleFactor: 1 }],
  ] as const) {
    const page = await enter(scene, where, look);
    await page.locator('.card').first().waitFor();
    await shoot(page, name);
    await page.context().close();
  }
}

async function list(scene: Scene): Promise<void> {
  const page = await enter(scene, `${scene.workspace}/p/WEB/list`);
  await page.locator('[data-id]').first().waitFor();
  await page.locator('[data-id] a').first().focus();
  for (const key of ['j', 'x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key);
  await shoot(page, 'list');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('dialog', { name: 'Search and commands' }).waitFor();
  await page.keyboard.type('set');
  await shoot(page, 'palette');
  await page.context().close();
}

/**
 * Takes pictures of a ticket beside the list, in dark mode and on a phone; of a conflict; and of changes that wait
 * while the server is away.
 */
async function ticket(scene: Scene): Promise<void> {
  const { client, line, server_url } = scene;
  const [, , workspace_id = ''] = scene.workspace.split('/');
  const body = {
    title: 'Dragging over a frame stops at its edge',
    description:
      'Steps:\n\n1. Put an `iframe` on the page\n2. Drag something over it\n\nThe helper **stays behind** at the edge.',
    priority: 'high' as const,
    labels: ['ui.draggable'],
  };
  const { key, id } = await client.create_ticket({ workspace_id, project_id: 'WEB', body });
  await client.create_comment({ workspace_id, ticket: id, body: { body: 'Seen in two browsers, so it is ours.' } });
  const where = `${scene.workspace}/p/WEB/list?t=${key}`;
  const dark = await enter(scene, where, { colorScheme: 'dark' });
  await dark.getByText('Seen in two browsers').waitFor();
  await shoot(dark, 'ticket-dark');
  await dark.context().close();
  const small = await enter(scene, `${scene.workspace}/t/${key}`, { viewport: phone, hasTouch: true, isMobile: true });
  await small.getByText('Seen in two browsers').waitFor();
  await shoot(small, 'ticket-phone');
  await small.context().close();

  const page = await enter(scene, where);
  await page.getByText('Seen in two browsers').waitFor();
  await shoot(page, 'ticket');
  await page.getByRole('button', { name: 'Edit the title' }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Dragging over an iframe stops at its border');
  const other = createClient({ base_url: server_url });
  other.access_token = (await other.login({ body: { email: looks.person(1).email, password } })).access_token;
  const { version } = await other.get_ticket({ workspace_id, ticket: id });
  const theirs = { title: 'Dragging over a frame leaves the helper at its edge', version };
  await other.update_ticket({ workspace_id, ticket: id, body: theirs });
  await page.getByText('has changed this meanwhile').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('alert', { name: 'Conflict' }).waitFor();
  await shoot(page, 'conflict');
  await page.getByRole('button', { name: 'Keep theirs' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  line.turn('refusing');
  await page.getByRole('textbox', { name: 'Comment' }).fill('I try it without the shim.');
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByText('1 change waits here').waitFor();
  await page.getByRole('textbox', { name: 'Comment' }).fill('And with');
  await shoot(page, 'offline');
  line.turn('fair');
  await page.getByText('Live', { exact: true }).waitFor();
  await page.context().close();
}

async function others(scene: Scene): Promise<void> {
  for (const [name, where] of [
    ['inbox', 'inbox'],
    ['audit', 'audit'],
    ['workflow', 'settings/workflow/WEB'],
  ] as const) {
    const page = await enter(scene, `${scene.workspace}/${where}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForTimeout(2_000);
    if (name === 'inbox') {
      await page.getByText('commented').first().click();
      await page.getByRole('article').getByRole('textbox', { name: 'Comment' }).waitFor();
    }
    await shoot(page, name);
    await page.context().close();
  }
}

const scenes = { board, list, ticket, others };

async function main(): Promise<void> {
  const only = process.argv.slice(2);
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium. Set CHROMIUM_PATH.');
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync('npm', ['run', '--silent', 'build:web', '--', '--logLevel', 'error'], { cwd: root, env });
  mkdirSync(pictures, { recursive: true });
  const server = await startOwnServer({ keep: false });
  try {
    await server.ready;
    const { workspace_id } = await replay({
      file: sample,
      base_url: server.base_url,
      clients: 4,
      limit_tickets: 40,
      progress: progressBar(),
      looks,
    });
    const client = createClient({ base_url: server.base_url });
    const { access_token } = await client.login({ body: { email: looks.person(0).email, password } });
    client.access_token = access_token;
    const line = await startProxy(server.base_url);
    const browser = await chromium.launch({ executablePath, args: chromium_flags });
    const scene = { browser, line, server_url: server.base_url, workspace: `/w/${workspace_id}`, client };
    await makeProject(scene);
    for (const [name, act] of Object.entries(scenes)) {
      if (only.length === 0 || only.includes(name)) await act(scene);
    }
    await browser.close();
    await line.close();
  } finally {
    await server.stop();
  }
}

await inOwnFolder(main);
