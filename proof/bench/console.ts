import { execFileSync } from 'node:child_process';
import path from 'node:path';
import pg from 'pg';
import { type CDPSession, chromium, type Page } from 'playwright-core';
import { chromium_flags, findChromium } from '../../scripts/chromium.ts';
import { fillProject } from '../harness/many-tickets.ts';
import { type Person, registerPerson } from '../harness/people.ts';
import { inOwnFolder } from '../harness/take-down.ts';
import { startOwnServer } from '../replay/own-server.ts';

// `npm run bench:console` measures what the console costs the browser's main thread, on a project of 1,000 tickets and on one of
// 10,000. It counts CPU time instead of elapsed time, which other load on the machine changes.

const root = path.resolve(import.meta.dirname, '../..');
const sizes = [1_000, 10_000] as const;
const times = 15;
const warming_up = 5;
const openings = 5;

/** The limits, in milliseconds of CPU with 1,000 tickets. With 10,000, each act may take half as much again. */
const bars: Record<string, number> = {
  'board: to the first cards': 200,
  'board: an arrow': 10,
  'board: an arrow with a lifted card': 10,
  'board: a drop': 16,
  'board: the pointer over a card': 3,
  'palette: a letter': 16,
  'list: to the first rows': 200,
  'list: an arrow': 10,
};
const most_ratio = 1.5;
const most_heap_mb = 20;

interface Spent {
  task_ms: number;
  script_ms: number;
}

interface Measured {
  acts: Map<string, Spent>;
  heap_mb: number;
  nodes: number;
  requests: number;
  json_kb: number;
}

async function spentBy(cdp: CDPSession): Promise<Spent> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (wanted: string) => (metrics.find(({ name }) => name === wanted)?.value ?? 0) * 1000;
  return { task_ms: of('TaskDuration'), script_ms: of('ScriptDuration') };
}

const middle = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;

const middleOf = (all: readonly Spent[]): Spent => ({
  task_ms: middle(all.map((one) => one.task_ms)),
  script_ms: middle(all.map((one) => one.script_ms)),
});

/** The median cost of an act. The first few runs, in which code is still being compiled, don't count. */
async function costOf(page: Page, cdp: CDPSession, act: () => Promise<unknown>, repeats = times): Promise<Spent> {
  const all: Spent[] = [];
  for (let n = repeats === 1 ? 0 : -warming_up; n < repeats; n++) {
    const before = await spentBy(cdp);
    await act();
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))');
    const after = await spentBy(cdp);
    if (n >= 0) all.push({ task_ms: after.task_ms - before.task_ms, script_ms: after.script_ms - before.script_ms });
  }
  return middleOf(all);
}

/** Opens a page several times and returns the median cost until `first` appears. */
async function costToOpen(page: Page, cdp: CDPSession, url: string, first: string): Promise<Spent> {
  const all: Spent[] = [];
  for (let n = 0; n < openings; n++) {
    await page.goto(url);
    await page.locator(first).first().waitFor();
    all.push(await spentBy(cdp)); // the counters restart with each page
  }
  return middleOf(all);
}

/** Counts API requests, and the bytes of their JSON, from now on. */
function countRequests(page: Page): { requests: number; bytes: number } {
  const count = { requests: 0, bytes: 0 };
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith('/v1/') || pathname.endsWith('/events')) return;
    count.requests++;
    void response.body().then(
      (body) => (count.bytes += body.byteLength),
      () => undefined,
    );
  });
  return count;
}

async function measure(page: Page, board: string, list: string): Promise<Measured> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const acts = new Map<string, Spent>();
  const note = async (name: string, act: () => Promise<unknown>, repeats?: number) =>
    acts.set(name, await costOf(page, cdp, act, repeats));

  acts.set('board: to the first cards', await costToOpen(page, cdp, board, '.card'));
  const count = countRequests(page);
  await page.reload();
  await page.locator('.card').first().waitFor();
  await page.waitForTimeout(2_000);
  const { requests, bytes } = count;
  await page.locator('.card a').first().focus();
  await note('board: an arrow', () => page.keyboard.press('ArrowDown'));
  await page.keyboard.press('Space');
  await note('board: an arrow with a lifted card', () => page.keyboard.press('ArrowUp'));
  await note('board: a drop', () => page.keyboard.press('Enter'), 1);
  let y = 200;
  await note('board: the pointer over a card', () => page.mouse.move(300, (y += 20)));
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('dialog', { name: 'Search and commands' }).waitFor();
  await note('palette: a letter', () => page.keyboard.type('t'));
  await page.keyboard.press('Escape');
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const nodes = await page.evaluate<number>("document.querySelectorAll('*').length");

  acts.set('list: to the first rows', await costToOpen(page, cdp, list, '[data-id]'));
  await page.locator('[data-id] a').first().focus();
  await note('list: an arrow', () => page.keyboard.press('ArrowDown'));
  await cdp.detach();
  return { acts, heap_mb: usedSize / 1e6, nodes, requests, json_kb: bytes / 1000 };
}

/** The table, and the list of what exceeds its limit. */
function report([small, large]: readonly [Measured, Measured]): string {
  const over: string[] = [];
  const shown = (ms: number) => ms.toFixed(1).padStart(9);
  const lines = [...small.acts].map(([name, { task_ms, script_ms }]) => {
    const big = large.acts.get(name) ?? { task_ms: Number.NaN, script_ms: Number.NaN };
    const bar = bars[name] ?? 0;
    // Below a millisecond, a ratio says nothing.
    const ratio = Math.max(big.task_ms, 1) / Math.max(task_ms, 1);
    if (task_ms > bar) over.push(`${name}: ${task_ms.toFixed(1)} ms, at most ${bar}`);
    if (ratio > most_ratio) over.push(`${name}: ${ratio.toFixed(2)} times as much on 10,000, at most ${most_ratio}`);
    const ms = [task_ms, script_ms, big.task_ms, big.script_ms].map(shown).join('');
    return `${name.padEnd(38)}${ms}${ratio.toFixed(2).padStart(7)}${String(bar).padStart(6)}`;
  });
  if (large.heap_mb > most_heap_mb) over.push(`heap: ${large.heap_mb.toFixed(1)} MB, at most ${most_heap_mb}`);
  const rest = ([name, of]: readonly [string, (one: Measured) => number]) =>
    `${name.padEnd(38)}${shown(of(small))}${' '.repeat(9)}${shown(of(large))}`;
  const others = [
    ['board: heap after a collection, MB', (one: Measured) => one.heap_mb] as const,
    ['board: elements', (one: Measured) => one.nodes] as const,
    ['board: requests', (one: Measured) => one.requests] as const,
    ['board: JSON, kB', (one: Measured) => one.json_kb] as const,
  ];
  return [
    `CPU of the main thread, ms${' '.repeat(12)}${'1,000'.padStart(9)}${'script'.padStart(9)}${'10,000'.padStart(9)}${'script'.padStart(9)}  ratio   bar`,
    ...lines,
    ...others.map(rest),
    '',
    over.length === 0 ? 'Every bar is reached.' : `Over its bar:\n${over.map((one) => `  ${one}`).join('\n')}`,
  ].join('\n');
}

async function fill(server: { url: string; database_url: string }): Promise<{ person: Person; workspace_id: string }> {
  const person = await registerPerson(server, { name: 'Grace Hopper' });
  const { id: workspace_id } = await person.client.create_workspace({ body: { name: 'Harbour' } });
  const owner = new pg.Pool({ connectionString: server.database_url, max: 1 });
  for (const size of sizes) {
    const body = { key: `T${size}`, name: `${size} tickets`, workflow: 'standard' as const };
    const { id: project_id } = await person.client.create_project({ workspace_id, body });
    await fillProject(owner, { workspace_id, project_id, reporter_id: person.user.id }, size);
  }
  await owner.query('analyze');
  await owner.end();
  return { person, workspace_id };
}

async function main(): Promise<void> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium. Set CHROMIUM_PATH.');
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync('npm', ['run', '--silent', 'build:web', '--', '--logLevel', 'error'], { cwd: root, env });
  const server = await startOwnServer({ keep: false });
  try {
    await server.ready;
    const url = server.base_url;
    const { person, workspace_id } = await fill({ url, database_url: server.databaseUrl() });
    const browser = await chromium.launch({ executablePath, args: chromium_flags });
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(`${url}/signin`);
    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/w\//);
    const of = (size: number) => {
      const project = `${url}/w/${workspace_id}/p/T${size}`;
      return measure(page, `${project}/board`, `${project}/list?group=none`);
    };
    console.log(report([await of(sizes[0]), await of(sizes[1])]));
    await browser.close();
  } finally {
    await server.stop();
  }
}

await inOwnFolder(main);
