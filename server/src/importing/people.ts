import { type History, initialValue } from './history.ts';

// What trackers write for nobody: Trac's "somebody", Bugzilla's nobody@example.org.
const NOBODY = /^(nobody|somebody|someone|no ?one|none|null|unassigned|undefined|anonymous|default|n\/a|-+)(@.*)?$/i;

/** The people in a source, by what they do there. */
export interface People {
  /** Everyone who does anything. */
  authors: Set<string>;
  /** Everyone whom a ticket is ever assigned to. They must be members before the replay starts. */
  assignees: Set<string>;
}

/** Collects the people of a source. */
export function peopleOf(histories: readonly History[]): People {
  const all = histories.flatMap(({ create, rest }) => [create, ...rest]);
  const authors = new Set(all.map(({ by }) => by).filter((by) => by !== null));
  const assigned = [
    ...histories.map((history) => initialValue(history, 'assignee')),
    ...all.map(({ set }) => set.get('assignee')?.to ?? null),
  ];
  return { authors, assignees: new Set(assigned.map((name) => person(name, authors)).filter((name) => name !== null)) };
}

/** The name, or null if it means nobody. A name for nobody counts as a person if it ever acts. */
export function person(name: string | null, authors: Set<string>): string | null {
  return name !== null && (authors.has(name) || !NOBODY.test(name.trim())) ? name : null;
}
