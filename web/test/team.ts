import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { joinWorkspace, type Person, registerPerson } from '../../proof/harness/people.ts';
import { axeInBoth, phone, shoot, sidewaysOf, type Stage, type Tab } from './browser.ts';

/** A workspace with a project, its owner and a member, as it is after some days of work. */
export interface Harbour {
  workspace_id: string;
  project_id: string;
  ada: Person;
  grace: Person;
}

export async function makeHarbour({ server }: Stage): Promise<Harbour> {
  const ada = await registerPerson(server, { name: 'Ada Lovelace' });
  const grace = await registerPerson(server, { name: 'Grace Hopper' });
  const { id: workspace_id } = await ada.client.create_workspace({ body: { name: 'Harbour' } });
  await joinWorkspace(ada, grace, workspace_id, 'member');
  const body = { key: 'ENG', name: 'Engineering', workflow: 'standard' as const };
  const { id: project_id } = await ada.client.create_project({ workspace_id, body });
  return { workspace_id, project_id, ada, grace };
}

/** Opens a page as somebody. */
export async function openAs(stage: Stage, { email, password }: Person, where: string): Promise<Tab> {
  const tab = await stage.open(`/signin?next=${encodeURIComponent(where)}`);
  await tab.page.getByLabel('E-mail address').fill(email);
  await tab.page.getByLabel('Password', { exact: true }).fill(password);
  await tab.page.keyboard.press('Enter');
  await tab.page.waitForURL((url) => url.pathname + url.search === where);
  return tab;
}

/** Looks at a page: in both themes with axe, at 320 px, and in pictures. */
export async function look(page: Page, name: string): Promise<void> {
  await shoot(page, name);
  expect(await axeInBoth(page), name).toEqual([]);
  const size = page.viewportSize() ?? phone;
  await page.setViewportSize(phone);
  await expect.poll(() => sidewaysOf(page), { message: name }).toBe(0);
  await page.setViewportSize(size);
}
