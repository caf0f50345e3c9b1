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

/** Records each version of the open ticket that a page renders from now on. */
export async function watchVersions(page: Page): Promise<void> {
  await page.evaluate(`(() => {${observer}})()`);
}

/** Returns the recorded versions, one for each change. */
export const drawnVersions = (page: Page): Promise<number[]> => page.evaluate('window.drawn');

/** Returns where an older version replaced a newer one. */
export const fallsIn = (versions: readonly number[]): string[] =>
  versions.flatMap((version, index) => {
    const before = versions[index - 1] ?? 0;
    return version < before ? [`${before} → ${version}`] : [];
  });
