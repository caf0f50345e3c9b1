import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../proof/prove/random.ts';
import { look, type Stage, startStage, walks } from './browser.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

const day_ms = 86_400_000;
const next: Record<string, string[]> = {
  open: ['in_progress'],
  in_progress: ['waiting', 'resolved', 'resolved'],
  waiting: ['in_progress'],
  resolved: ['closed', 'closed', 'in_progress'],
  closed: [],
};

walks('the analytics page', () => {
  let stage: Stage;
  let harbour: Harbour;
  let analytics: string;
  beforeAll(async () => {
    stage = await startStage();
    harbour = await makeHarbour(stage);
    analytics = `/w/${harbour.workspace_id}/p/ENG/analytics`;
    await seed(150);
  }, 120_000);
  afterAll(async () => {
    // These tickets have no entries in the log, and stopping the server checks the data for that.
    const { owner } = stage.server.database;
    await owner.query('delete from status_history');
    await owner.query('delete from tickets');
    await stage.stop();
  });

  /** Creates tickets with a past, which the API cannot do because it uses the database's clock. */
  async function seed(count: number): Promise<void> {
    const random = new Random(7);
    const now = Date.now();
    for (let n = 1; n <= count; n++) {
      const created = now - Math.floor(random.next() * 120 * day_ms);
      const steps: { from: string; to: string; at: number }[] = [];
      let [status, at] = ['open', created];
      for (let to = ''; random.chance(0.85); status = to) {
        at += Math.floor(random.next() ** 2 * 15 * day_ms) + 1;
        const ways = next[status] ?? [];
        if (ways.length === 0 || at > now) break;
        to = random.pick(ways);
        steps.push({ from: status, to, at });
      }
      await insert(n, { status, created, steps });
    }
  }

  async function insert(
    n: number,
    life: { status: string; created: number; steps: { from: string; to: string; at: number }[] },
  ): Promise<void> {
    const { workspace_id, project_id, ada } = harbour;
    const { owner } = stage.server.database;
    const id = crypto.randomUUID();
    const { status, created, steps } = life;
    await owner.query(
      `insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, status_sequence, resolution,
         reporter_id, created_at, updated_at)
       values ($1, $2, $3, $4::int, 'Something that takes its time ' || $4::int, 'open', $5, $6,
         case when $5 in ('resolved', 'closed') then 'fixed' end, $7, $8, $8)`,
      [workspace_id, id, project_id, n, status, steps.length, ada.user.id, new Date(created)],
    );
    for (const [index, { from, to, at }] of steps.entries()) {
      await owner.query(
        `insert into status_history (workspace_id, ticket_id, sequence, id, project_id, workflow_version, from_status, to_status,
           resolution, actor_id, created_at)
         values ($1, $2, $3, gen_random_uuid(), $4, 1, $5, $6, case when $6 in ('resolved', 'closed') then 'fixed' end, $7, $8)`,
        [workspace_id, id, index + 1, project_id, from, to, ada.user.id, new Date(at)],
      );
    }
  }

  test('shows each figure as a drawing and as a table, for a period in a time zone', async () => {
    const { page, faults } = await openAs(stage, harbour.grace, analytics);
    const flow = page.getByRole('region', { name: 'Cumulative flow' });
    await flow.getByRole('img', { name: /^Cumulative flow\. On the last day: Open \d+/ }).waitFor();
    await page.getByRole('region', { name: 'Ageing work' }).getByRole('link').first().waitFor();
    await page.getByText('Something that takes its time').first().waitFor();
    await look(page, 'analytics');

    // Move through the days by keys: screen readers read the values that the legend shows.
    const day = flow.getByRole('slider', { name: 'Day' });
    const last = await day.getAttribute('aria-valuetext');
    await day.focus();
    await page.keyboard.press('Home');
    const first = await day.getAttribute('aria-valuetext');
    expect(first).not.toBe(last);
    expect(first).toContain(await flow.locator('.legend-day').innerText());

    // The table shows the numbers of the response.
    await flow.getByRole('button', { name: 'Table of: Cumulative flow' }).click();
    expect(await flow.getByRole('row').count()).toBe(91);
    const { workspace_id, grace } = harbour;
    const { buckets } = await grace.client.get_flow({
      workspace_id,
      project_id: 'ENG',
      time_zone: 'UTC',
      from: new Date(Date.now() - 89 * day_ms).toISOString().slice(0, 10),
    });
    const open = buckets.at(-1)?.at_end.find(({ status }) => status === 'open')?.tickets;
    const cells = await flow.getByRole('row').last().getByRole('cell').allInnerTexts();
    expect(cells[0]).toBe(String(open));
    await look(page, 'analytics-table');

    await page.getByRole('button', { name: '30 days' }).click();
    await page.waitForURL(/days=30/);
    await flow.getByRole('row').nth(31).waitFor({ state: 'detached' });
    expect(await flow.getByRole('row').count()).toBe(31);
    await page.getByLabel('Time zone').selectOption('Pacific/Auckland');
    await page.waitForURL(/tz=Pacific%2FAuckland/);
    await page.reload();
    await flow.getByRole('img').waitFor();
    expect(await page.getByLabel('Time zone').inputValue()).toBe('Pacific/Auckland');
    expect(faults).toEqual([]);

    // In forced colours, edges distinguish the areas.
    await page.emulateMedia({ forcedColors: 'active' });
    const strokes = "Array.from(document.querySelectorAll('.band'), (band) => getComputedStyle(band).stroke)";
    expect(new Set(await page.evaluate<string[]>(strokes))).toEqual(new Set(['rgb(0, 0, 0)']));
  }, 180_000);

  test('says that a period has no tickets, and what to do about one that is too long', async () => {
    const { page, faults } = await openAs(stage, harbour.grace, `${analytics}?from=2020-01-01&to=2020-02-01`);
    await page.getByText('There was no ticket in this period.').waitFor();
    await page.getByText('Nothing was created or completed in this period.').waitFor();
    await page.getByText('No ticket was completed in this period.').nth(1).waitFor();
    expect(faults).toEqual([]);
    await page.goto(`${stage.server.url}${analytics}?from=1990-01-01&to=2020-02-01`);
    await page.getByRole('heading', { name: 'This figure could not be computed' }).first().waitFor();
    await look(page, 'analytics-failed');
  }, 120_000);
});
