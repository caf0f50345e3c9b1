import type { Page } from 'playwright-core';
import { signIn, type Stage, type Tab } from './browser.ts';

/** Signs somebody in with a new browser profile, on a page of the settings. */
export async function openSettings(
  stage: Stage,
  person: { email: string; password: string },
  path: string,
): Promise<Tab> {
  const tab = await stage.open(`/signin?next=${encodeURIComponent(path)}`);
  await signIn(tab.page, person);
  await tab.page.getByRole('navigation', { name: 'Settings' }).waitFor();
  return tab;
}

/** Opens another page of the settings. */
export const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name, exact: true }).click();

const told = /the server responded with a status of (401|403|404|409|422)/;

/** Returns the faults of a page, except for refused requests, which browsers log by themselves. */
export const complaints = ({ faults }: Tab): string[] => faults.filter((fault) => !told.test(fault));
