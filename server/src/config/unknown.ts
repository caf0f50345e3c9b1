import { ConfigError } from './error.ts';

/** How many letters must be inserted, removed or changed to turn one word into the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of a.split('').entries()) {
    const next = [index + 1];
    for (let at = 0; at < b.length; at++) {
      const changed = (row[at] ?? 0) + (letter === b[at] ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Suggests a setting with a similar name, if there is one. */
function suggestion(name: string, known: readonly string[]): string {
  // BATON_PORT means PORT, and BATON_POOLSIZE means BATON_POOL_SIZE.
  const far = (one: string) => Math.min(distance(name, one), distance(name, `BATON_${one}`));
  const [nearest = ''] = known.toSorted((a, b) => far(a) - far(b));
  return far(nearest) < name.length / 3 ? ` Did you mean ${nearest}?` : '';
}

// Variables that Kubernetes sets in each container for a service whose name begins with "baton".
const of_a_service = /_(SERVICE_HOST|SERVICE_PORT|PORT_\d{1,5}_(TCP|UDP|SCTP))(_|$)/;
const port_of_a_service = /^(tcp|udp|sctp):\/\//;
// Variables of compose.yaml and of the tests: one .env file may serve both Baton and compose.
const of_others = /^BATON_(TEST_\w+|(OWNER|WEB|WORKER)_PASSWORD)$/;

/** Refuses a misspelt setting: if it were ignored, the default would apply unnoticed. */
export function refuseUnknown(given: NodeJS.ProcessEnv, known: readonly string[]): void {
  for (const [name, value = ''] of Object.entries(given)) {
    if (!name.startsWith('BATON_') || known.includes(name) || of_others.test(name) || of_a_service.test(name)) continue;
    if (port_of_a_service.test(value)) continue;
    throw new ConfigError(`${name} is not a setting.${suggestion(name, known)} docs/operating.md lists them.`);
  }
}
