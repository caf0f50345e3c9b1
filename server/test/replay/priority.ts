export type Priority = 'none' | 'low' | 'medium' | 'high' | 'urgent';

/** Where a source's priority lands; one that shares its place or has none keeps its name as a label. */
export interface Rating {
  priority: Priority;
  label: boolean;
}

// The words trackers use, by how bad they mean it; the order decides where a name says two ("high-critical").
const WORDS: readonly (readonly [RegExp, Priority])[] = [
  [/undecided|undetermined|unset|unspecified|unknown|untriaged|^none$|^-+$|^n\/a$/, 'none'],
  [/block|urgent|immediate|show.?stopper|highest|emergency|grave|^[ps]?-?[01]$/, 'urgent'],
  [/critical|^(very )?high|serious|severe|important|^[ps]?-?2$/, 'high'],
  [/trivial|\blow|minor|wish|cosmetic|tweak|nice|^[ps]?-?[4-9]$/, 'low'],
  [/normal|medium|moderate|major|average|default|standard|^[ps]?-?3$/, 'medium'],
];

/** Maps each priority of the source, most used first, so that the commonest of those that share a place needs no label. */
export function ratePriorities(by_use: readonly string[]): Map<string, Rating> {
  const taken = new Set<Priority>();
  const ratings = new Map<string, Rating>();
  for (const name of by_use) {
    const word = name.trim().toLowerCase();
    const priority = WORDS.find(([pattern]) => pattern.test(word))?.[1];
    ratings.set(name, { priority: priority ?? 'none', label: priority === undefined || taken.has(priority) });
    if (priority) taken.add(priority);
  }
  return ratings;
}
