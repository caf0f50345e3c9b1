import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillProject } from '../../proof/harness/many-tickets.ts';
import { type Person, registerPerson } from '../../proof/harness/people.ts';
import { signIn, type Stage, startStage, walks } from './browser.ts';

const patience = 180_000;

// `npm run bench:console` measures what it costs the browser.
walks('a project of many tickets', () => {
  let stage: Stage;
  let grace: Person;
  let workspace_id: string;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    stage = await startStage();
    grace = await registerPerson(stage.server, { name: 'Grace Hopper' });
    workspace_id = (await grace.client.create_workspace({ body: { name: 'Harbour' } })).id;
    for (const [key, tickets] of [['ENG', 1_000] as const, ['BIG', 10_000] as const]) {
      const body = { key, name: key, workflow: 'standard' as const };
      const { id: project_id } = await grace.client.create_project({ workspace_id, body });
      const place = { workspace_id, project_id, reporter_id: grace.user.id };
      await fillProject(stage.server.database.owner, place, tickets);
    }
    await stage.server.database.owner.query('analyze');
    ({ page, faults } = await stage.open('/signin'));
    await signIn(page, grace);
    await page.waitForURL(/\/board$/);
  }, patience);
  afterAll(() => stage.stop());

  /** Counts the API requests from now on, except for events, and the bytes of their responses. */
  function count(): { asked: string[]; bytes: number } {
    const counted = { asked: [] as string[], bytes: 0 };
    page.on('response', (response) => {
      const { pathname, search } = new URL(response.url());
      if (!pathname.startsWith('/v1/') || pathname.endsWith('/events')) return;
      counted.asked.push(pathname + search);
      void response.body().then(
        (body) => (counted.bytes += body.byteLength),
        () => undefined,
      );
    });
    return counted;
  }
  const focused = () =>
    page.evaluate('document.activeElement.closest("[data-id]")?.querySelector(".card-title, .row-title")?.textContent');
  const elements = () => page.evaluate<number>("document.querySelectorAll('*').length");

  test('can be read to its last ticket on the board, which never renders all cards', {
    timeout: patience,
  }, async () => {
    await page.goto(`${stage.server.url}/w/${workspace_id}/p/ENG/board`);
    await page.locator('.card').first().waitFor();
    await page.getByRole('link', { name: /Ticket number 1000\b/ }).focus();
    for (let shown = ''; shown !== 'Ticket number 1'; shown = String(await focused())) {
      await page.keyboard.press('End');
      await page.waitForTimeout(100);
    }
    expect(await page.locator('.card').count()).toBeLessThan(100);
    expect(faults).toEqual([]);
  });

  test.each([
    { layout: 'board', first: '.card', total: /10,?000/ },
    { layout: 'list?group=none', first: '[data-id]', total: /shown, more below/ },
  ])('is never loaded or rendered whole on its $layout', { timeout: patience }, async ({ layout, first, total }) => {
    const counted = count();
    const { asked } = counted;
    await page.goto(`${stage.server.url}/w/${workspace_id}/p/BIG/${layout}`);
    await page.locator(first).first().waitFor();
    await page.getByText(total).first().waitFor();
    const at_once = asked.filter((address) => !/preferences|views/.test(address)); // these are read when the browser is idle
    expect(at_once.length, asked.join('\n')).toBeLessThanOrEqual(8); // a list reads its second page in advance
    expect(asked.slice(0, at_once.length)).toEqual(at_once);
    expect(counted.bytes).toBeLessThan(200_000);
    expect(asked.filter((address) => Number(/[?&](?:limit|per_column)=(\d+)/.exec(address)?.[1]) > 100)).toEqual([]);
    await page.locator(first).first().getByRole('link').first().focus();
    const drawn: number[] = [];
    for (let screens = 0; screens < 8; screens++) {
      await page.keyboard.press('End');
      await page.waitForTimeout(300);
      drawn.push(await elements());
    }
    // Some hundred tickets have been read by now, and there are no more elements than at first.
    expect(asked.length).toBeGreaterThan(8);
    expect(asked.length).toBeLessThan(30);
    expect(Math.max(...drawn)).toBeLessThan(3_000);
    expect(faults).toEqual([]);
  });
});
