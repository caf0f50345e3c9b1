// What trackers write when there is no resolution yet: Bugzilla's "---", Jira's "Unresolved".
const NONE = /^(-+|–|—|none|unresolved|not resolved|null|nil|undefined|n\/a|open)$/i;

/** The resolution, or null if the word means that there is none. */
export function resolutionOf(value: string | null): string | null {
  return value === null || NONE.test(value.trim()) ? null : value;
}
