import { guessCategory, type StatusCategory, type StatusUse } from './category.ts';
import { type History, initialValue } from './history.ts';
import { movesOf, startOf } from './moves.ts';
import { displayName, keysOf } from './names.ts';
import { type People, peopleOf } from './people.ts';
import { type Rating, ratePriorities } from './priority.ts';
import { LIMITS } from './text.ts';

/** A workflow as `PUT …/workflow` takes it. */
interface Workflow {
  statuses: { key: string; name: string; category: StatusCategory }[];
  /** The statuses that tickets may start in. The first is the default. */
  initial: string[];
  transitions: { from: string; to: string; roles: ('owner' | 'admin' | 'member')[]; requires: [] }[];
  resolutions: string[];
}

/** How the source's words translate to Baton's, derived from the data alone. */
export interface Mapping {
  workflow: Workflow;
  /** Status name → key. */
  statuses: Map<string, string>;
  /** Resolution name → key. */
  resolutions: Map<string, string>;
  priorities: Map<string, Rating>;
  people: People;
  /** The status, by the source's name, of tickets for which the source gives none. */
  default_status: string;
}

const MAX_RESOLUTIONS = 50;
const OTHER = 'other';

/** Derives a workflow and a vocabulary from the histories alone. The transitions are those that their replay takes. */
export function derive(histories: readonly History[]): Mapping {
  const starts = tally(histories.map(startOf));
  const default_status = starts[0] ?? 'new';
  const uses = observe(histories, default_status);
  const statuses = keysOf(uses.keys(), 'status');
  const resolutions = resolutionKeys(histories);
  const key = (name: string) => statuses.get(name) ?? name;
  const initial = [...new Set([default_status, ...starts])];
  return {
    workflow: {
      statuses: [...uses].map(([name, use]) => ({
        key: key(name),
        name: displayName(name, LIMITS.status_name),
        category: guessCategory(name, use, name === default_status),
      })),
      initial: initial.map(key),
      transitions: [...uses].flatMap(([from, use]) =>
        [...use.next].map((to) => ({
          from: key(from),
          to: key(to),
          roles: ['owner', 'admin', 'member'],
          requires: [],
        })),
      ),
      resolutions: [...new Set(resolutions.values())],
    },
    statuses,
    resolutions,
    priorities: ratePriorities(tally(histories.flatMap(prioritiesOf))),
    people: peopleOf(histories),
    default_status,
  };
}

/** Counts how each status is entered and left in the replay. All are reachable: tickets start in each or move to it. */
function observe(histories: readonly History[], default_status: string): Map<string, StatusUse> {
  const uses = new Map<string, StatusUse>();
  const use = (name: string) => {
    const known = uses.get(name) ?? { entered: 0, resolved: 0, next: new Set<string>() };
    uses.set(name, known);
    return known;
  };
  use(default_status);
  for (const history of histories) {
    const start = startOf(history) ?? default_status;
    use(start);
    for (const { operation, from, to } of movesOf(history, start)) {
      if (from === to) continue;
      use(from).next.add(to);
      use(to).entered += 1;
      if (operation.set.get('resolution')?.to) use(to).resolved += 1;
    }
  }
  return uses;
}

/** Keys of the resolutions. The commonest have one each; those beyond the limit share one. */
function resolutionKeys(histories: readonly History[]): Map<string, string> {
  const names = tally(histories.flatMap((history) => valuesOf(history, 'resolution')));
  const kept = names.length <= MAX_RESOLUTIONS ? names : names.slice(0, MAX_RESOLUTIONS - 1);
  const keys = keysOf(kept, 'resolution');
  return new Map(names.map((name) => [name, keys.get(name) ?? OTHER]));
}

function prioritiesOf(history: History): (string | null)[] {
  return [initialValue(history, 'priority'), ...valuesOf(history, 'priority')];
}

function valuesOf(history: History, field: string): (string | null)[] {
  return history.rest.map((operation) => operation.set.get(field)?.to ?? null);
}

/** The distinct names, the commonest first. */
function tally(names: readonly (string | null | undefined)[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
}
