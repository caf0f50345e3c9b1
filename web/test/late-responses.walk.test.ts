import type { Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepNumbering } from '../../proof/harness/events.ts';
import { executablePath, type Stage, startStage } from './browser.ts';
import type { Broken } from './consoles.ts';
import { drawnVersions, fallsIn, watchVersions } from './drawn-versions.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

/** A console that shows whatever arrived last. */
const last_wins: Broken[] = [
  {
    file: 'store/tickets.ts',
    find: 'received.version > had.version || (received.version === had.version && asked >= known.asked)',
    replace: 'true',
  },
];

describe.skipIf(executablePath === undefined).each([
  { does: 'never replaces a newer version on the screen', broken: [], falls: [] },
  { does: 'would replace it if the page showed whatever arrived last', broken: last_wins, falls: ['3 → 1'] },
])('a response that arrives late (set CHROMIUM_PATH)', ({ does, broken, falls }) => {
  let stage: Stage;
  let numbering: ReturnType<typeof keepNumbering>;
  let harbour: Harbour;

  beforeAll(async () => {
    stage = await startStage({}, broken);
    numbering = keepNumbering(stage.server.database.url);
    harbour = await makeHarbour(stage);
  }, 180_000);
  afterAll(async () => {
    await numbering.stop();
    await stage.stop();
  });

  /** Delays the server's responses to requests for ticket lists, until the returned function is called. */
  async function holdLists(page: Page): Promise<() => Promise<void>> {
    const held: (() => Promise<void>)[] = [];
    await page.route(/\/tickets\?/, async (route: Route) => {
      const response = await route.fetch();
      held.push(() => route.fulfill({ response }));
    });
    return async () => {
      await expect.poll(() => held.length, { timeout: 30_000 }).toBeGreaterThan(0);
      for (const letGo of held) await letGo();
    };
  }

  test(does, { timeout: 180_000 }, async () => {
    const { ada, grace, workspace_id } = harbour;
    const body = { title: 'The first title' };
    const { key } = await ada.client.create_ticket({ workspace_id, project_id: 'ENG', body });
    const { page } = await openAs(stage, grace, `/w/${workspace_id}/t/${key}`);
    await page.getByText('created the ticket').waitFor();
    const letGo = await holdLists(page);
    await page.goto(`${stage.server.url}/w/${workspace_id}/p/ENG/list?t=${key}`);
    const ticket = page.getByRole('article', { name: key });
    await ticket.getByText(/version 1$/).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await watchVersions(page);
    for (const [index, title] of ['The second title', 'The third title'].entries()) {
      await ada.client.update_ticket({ workspace_id, ticket: key, body: { title, version: index + 1 } });
      await ticket.getByRole('heading', { name: title }).waitFor();
    }
    await letGo();
    const row = page.getByRole('row', { name: /title/ });
    await row.waitFor();
    await expect.poll(() => row.innerText()).toContain(falls.length === 0 ? 'third' : 'first');
    expect(fallsIn(await drawnVersions(page))).toEqual(falls);
    await page.context().close();
  });
});
