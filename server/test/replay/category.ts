export type StatusCategory = 'todo' | 'in_progress' | 'waiting' | 'done';

/** How the replayed histories use a status. */
export interface StatusUse {
  entered: number;
  /** How often a resolution was given on entering. */
  resolved: number;
  next: Set<string>;
}

const HINTS: readonly (readonly [RegExp, StatusCategory])[] = [
  [
    /wait|pending|hold|block|stall|suspend|defer|snooz|postpone|feedback|need.*(info|input|repl|resp|detail)|info.*need|more.?info|incomplete/,
    'waiting',
  ],
  [/^(un|not|re).*(closed|resolved|fixed|done|open)/, 'in_progress'],
  [
    /clos|done|resolv|fixed|complet|verified|finish|reject|declin|cancel|invalid|duplicate|won.?t|releas|deliver|archiv|abandon|expired/,
    'done',
  ],
  [/^(new|to.?do|backlog|created|submitted|reported|unconfirmed|triage|untriaged|unread|inbox|queued?)\b/, 'todo'],
];

/** A status's category by what is done with it, else by whether most tickets start there, else by its name. */
export function guessCategory(name: string, use: StatusUse, commonest_start: boolean): StatusCategory {
  if (use.resolved > 0 && use.resolved * 2 >= use.entered) return 'done';
  if (commonest_start) return 'todo';
  const words = name.toLowerCase().replace(/[_\s-]+/g, ' ');
  return HINTS.find(([pattern]) => pattern.test(words))?.[1] ?? 'in_progress';
}
