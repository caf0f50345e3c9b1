export type StatusCategory = 'todo' | 'in_progress' | 'waiting' | 'done';

/** How the replayed histories use a status. */
export interface StatusUse {
  entered: number;
  /** How often a resolution was given on entering. */
  resolved: number;
  next: Set<string>;
}

/** Names whose meaning is clear, however the histories use them. A resolution given on entering doesn't make them `done`. */
const PLAIN: readonly (readonly [RegExp, StatusCategory])[] = [
  [/^(re ?open|(un|not) ?(closed|resolved|fixed|done|verified|finished|completed?|released|delivered))/, 'in_progress'],
  [/^(un|not) ?(started|scheduled|assigned)\b/, 'todo'],
  [/^((in|under|code|peer|needs?|to) )*review$/, 'in_progress'],
  [/^(queued?|received)\b/, 'todo'],
];

/** Names of work that isn't over. The histories say whether it has begun. */
const NEVER_DONE = /^(open(ed)?|new|active|assigned|accepted|started|confirmed|in (progress|development|work))$/;

const HINTS: readonly (readonly [RegExp, StatusCategory])[] = [
  [
    /wait|pending|hold|block|stall|suspend|defer|snooz|postpone|feedback|need(s|ed)?( \w{1,12})? ?(info|input|repl|resp|detail)|info(rmation)?( \w{1,12})? ?need|more.?info|incomplete/,
    'waiting',
  ],
  [
    /clos|done|resolv|fixed|complet|verified|finish|reject|declin|cancel|invalid|duplicate|won.?t|releas|deliver|archiv|abandon|expired|obsolete|works ?for ?me|reproduc/,
    'done',
  ],
  [/^(new|to.?do|backlog|created|submitted|reported|unconfirmed|triage|untriaged|unread|inbox)\b/, 'todo'],
];

/** Guesses a status's category: by a name that leaves no doubt, else by its use, else by what its name suggests. */
export function guessCategory(name: string, use: StatusUse, commonest_start: boolean): StatusCategory {
  const words = name
    .toLowerCase()
    .replace(/[_\s-]+/g, ' ')
    .trim();
  const named = (list: typeof HINTS) => list.find(([pattern]) => pattern.test(words))?.[1];
  const plain = named(PLAIN);
  if (plain !== undefined) return plain;
  if (!NEVER_DONE.test(words) && use.resolved > 0 && use.resolved * 2 >= use.entered) return 'done';
  if (commonest_start) return 'todo';
  return named(HINTS) ?? 'in_progress';
}
