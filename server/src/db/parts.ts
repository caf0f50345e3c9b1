/** How many versions one statement covers: some 50 ms of work. */
const versions_at_once = 2_000;

/**
 * Does something to the versions from 1 to `last_version` in parts, one after the other, so that no statement about a
 * long history exceeds the limit on its time.
 */
export async function inParts(
  last_version: number,
  statement: (first: number, last: number) => Promise<unknown>,
): Promise<void> {
  for (let first = 1; first <= last_version; first += versions_at_once) {
    await statement(first, first + versions_at_once - 1);
  }
}
