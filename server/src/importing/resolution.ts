// What trackers write when there is no resolution, or none any more: Bugzilla's "---", Jira's "Unresolved", Mantis's
// "reopened".
const NONE = /^(-+|–|—|[([<]?none[)\]>]?|unresolved|not resolved|null|nil|undefined|n\/a|open|re-?opened)$/i;

/** The resolution, or null if the word means that there is none. */
export function resolutionOf(value: string | null): string | null {
  return value === null || NONE.test(value.trim()) ? null : value;
}
