import type { Page } from 'playwright-core';

const observer = `
  window.drawn = [];
  const look = () => {
    const [, version] = /version (\\d+)/.exec(document.querySelector('.ticket-times')?.textContent ?? '') ?? [];
    if (version !== undefined && window.drawn.at(-1) !== Number(version)) window.drawn.push(Number(version));
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
`;

/** Notes each version of the open ticket that a page draws from now on. */
export async function watchVersions(page: Page): Promise<void> {
  await page.evaluate(`(() => {${observer}})()`);
}

/** The versions that were drawn, each time that another one was. */
export const drawnVersions = (page: Page): Promise<number[]> => page.evaluate('window.drawn');

/** Where an older version took the place of a newer one. */
export const fallsIn = (versions: readonly number[]): string[] =>
  versions.flatMap((version, index) => {
    const before = versions[index - 1] ?? 0;
    return version < before ? [`${before} → ${version}`] : [];
  });
