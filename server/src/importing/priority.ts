export type Priority = 'none' | 'low' | 'medium' | 'high' | 'urgent';

/** The priority that a source's name maps to. A name that shares its priority, or has none, also becomes a label. */
export interface Rating {
  priority: Priority;
  label: boolean;
}

// The words of trackers, by severity. If a name has two ("high-critical"), the first line that matches decides.
const WORDS: readonly (readonly [RegExp, Priority])[] = [
  [/undecided|undetermined|unset|unspecified|unknown|untriaged|^none$|^-+$|^n\/a$/, 'none'],
  [/^(non|not|un)[\s-]*(block|urgent|critical|serious|severe|important)/, 'low'],
  [/block|unbreak|urgent|immediate|show.?stopper|highest|emergency|grave/, 'urgent'],
  [/critical|\bhigh\b|serious|severe|important/, 'high'],
  [/trivial|\blow|minor|wish|cosmetic|tweak|nice|planning/, 'low'],
  [/normal|medium|moderate|major|average|default|standard/, 'medium'],
];

// P1, S2, Sev-3, Priority 4, `1 - Critical`.
const NUMBERED = /^(?:p|s|sev|severity|prio|priority)?[\s-]*(\d)\b/;
const BY_NUMBER: readonly Priority[] = ['urgent', 'urgent', 'high', 'medium'];
const SEVERITY: readonly Priority[] = ['none', 'low', 'medium', 'high', 'urgent'];

const plain = (name: string) => name.trim().toLowerCase();
const byWord = (name: string) => WORDS.find(([pattern]) => pattern.test(plain(name)))?.[1];

function numberOf(name: string): number | undefined {
  const digit = NUMBERED.exec(plain(name))?.[1];
  return digit === undefined ? undefined : Number(digit);
}

/** Whether, by the words beside the numbers, the highest number is the worst. */
function countsUpwards(names: readonly string[]): boolean {
  const rated = names.flatMap((name) => {
    const [number, word] = [numberOf(name), byWord(name)];
    return number === undefined || word === undefined ? [] : [{ number, severity: SEVERITY.indexOf(word) }];
  });
  const [least, most] = [Math.min, Math.max].map((pick) => pick(...rated.map(({ number }) => number)));
  const severity = (which: number | undefined) => rated.find(({ number }) => number === which)?.severity ?? 0;
  return severity(most) > severity(least);
}

/** Maps the source's priorities, most used first, so that the commonest of those that share a priority needs no label. */
export function ratePriorities(by_use: readonly string[]): Map<string, Rating> {
  const upwards = countsUpwards(by_use);
  const taken = new Set<Priority>();
  const ratings = new Map<string, Rating>();
  for (const name of by_use) {
    const number = upwards ? undefined : numberOf(name);
    const priority = number === undefined ? byWord(name) : (BY_NUMBER[number] ?? 'low');
    ratings.set(name, { priority: priority ?? 'none', label: priority === undefined || taken.has(priority) });
    if (priority) taken.add(priority);
  }
  return ratings;
}
