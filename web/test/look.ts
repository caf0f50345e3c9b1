import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Person } from '../../proof/harness/people.ts';
import { axeInBoth, desktop, phone, shoot, sidewaysOf, type Stage, type Tab } from './browser.ts';

/** High enough for whole pages: under a bar that stays at an edge, controls would be too small for axe. */
const whole = { width: desktop.width, height: 3_000 };

/** Looks at a page as it is: in pictures, in both themes with axe, and at 320 pixels. */
export async function look(page: Page, name: string): Promise<void> {
  await shoot(page, name);
  await page.setViewportSize(whole);
  expect(await axeInBoth(page), name).toEqual([]);
  await page.setViewportSize(phone);
  expect(await sidewaysOf(page), name).toBe(0);
  await page.setViewportSize(desktop);
}

/** Signs somebody in, in a profile of their own, at a page of settings. */
export async function openSettings(
  stage: Stage,
  { email, password }: Pick<Person, 'email' | 'password'>,
  path: string,
): Promise<Tab> {
  const tab = await stage.open(`/signin?next=${encodeURIComponent(path)}`);
  await tab.page.getByLabel('E-mail address').fill(email);
  await tab.page.getByLabel('Password', { exact: true }).fill(password);
  await tab.page.keyboard.press('Enter');
  await tab.page.getByRole('navigation', { name: 'Settings' }).waitFor();
  return tab;
}

/** Goes to another page of settings. */
export const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name, exact: true }).click();

const told = /the server responded with a status of (401|403|404|409|422)/;

/** What a page complained of, beside the refusals that a browser tells of by itself. */
export const complaints = ({ faults }: Tab): string[] => faults.filter((fault) => !told.test(fault));
