import { cell } from './cell.ts';

export interface Preferences {
  theme: 'system' | 'light' | 'dark';
  density: 'comfortable' | 'compact';
  /** Where times are shown, and how dates are written; null: as the browser and the console do by themselves. */
  time_zone: string | null;
  language: string | null;
  /** Whether keys without Ctrl or ⌘ run commands (WCAG 2.1.4). */
  single_keys: boolean;
  /** The keys that the person chose for commands, by the command's id. */
  keys: Partial<Record<string, string>>;
}

/** Changes of preferences; of keys, the commands that got others, and null for their own. */
export type Changes = Partial<Omit<Preferences, 'keys'>> & { keys?: Record<string, string | null> };

export const usual: Preferences = {
  theme: 'system',
  density: 'comfortable',
  time_zone: null,
  language: null,
  single_keys: true,
  keys: {},
};

const fields = ['theme', 'density', 'time_zone', 'language', 'single_keys'] as const;

/** What must be changed in some preferences to make them others. */
export function changesBetween(from: Preferences, to: Preferences): Changes {
  const changed = fields.filter((field) => from[field] !== to[field]).map((field) => [field, to[field]]);
  const ids = [...new Set([...Object.keys(from.keys), ...Object.keys(to.keys)])];
  const keys = ids.filter((id) => from.keys[id] !== to.keys[id]).map((id) => [id, to.keys[id] ?? null]);
  return { ...Object.fromEntries(changed), ...(keys.length > 0 && { keys: Object.fromEntries(keys) }) } as Changes;
}

/** Preferences with some changes on top. */
export function withChanges(before: Preferences, { keys = {}, ...changed }: Changes): Preferences {
  const all = Object.entries({ ...before.keys, ...keys }).filter(([, chosen]) => typeof chosen === 'string');
  return { ...before, ...changed, keys: Object.fromEntries(all) as Preferences['keys'] };
}

/** Two changes, one after the other. */
export const joined = (first: Changes, then: Changes): Changes => {
  const keys = { ...first.keys, ...then.keys };
  return { ...first, ...then, ...(Object.keys(keys).length > 0 && { keys }) };
};

/** The changes that are left once some have been done: a later one of the same field stays. */
export function leftOf(changes: Changes, done: Changes): Changes {
  const left = fields.filter((field) => field in changes && changes[field] !== done[field]);
  const keys = Object.entries(changes.keys ?? {}).filter(([id, chosen]) => done.keys?.[id] !== chosen);
  return {
    ...Object.fromEntries(left.map((field) => [field, changes[field]])),
    ...(keys.length > 0 && { keys: Object.fromEntries(keys) }),
  };
}

export const isNone = (changes: Changes): boolean => Object.keys(changes).length === 0;

/** What this browser keeps: the preferences for the first paint, whose they are, and what the server doesn't have yet. */
interface Kept {
  chosen: Preferences;
  account: string | undefined;
  unsent: Changes;
}

const kept_as = 'baton.preferences';

function objectIn(text: string | null): Partial<Record<string, unknown>> {
  const given: unknown = JSON.parse(text ?? '{}');
  return typeof given === 'object' && given !== null ? given : {};
}

/** A browser may refuse to remember, and somebody may have written there by hand. */
function remembered(): Kept {
  try {
    const { account, unsent, ...given } = objectIn(localStorage.getItem(kept_as));
    const chosen = withChanges(usual, given);
    return {
      chosen,
      account: typeof account === 'string' ? account : undefined,
      unsent: typeof unsent === 'object' && unsent !== null ? unsent : {},
    };
  } catch {
    return { chosen: usual, account: undefined, unsent: {} };
  }
}

let kept = remembered();

/** How this person wants the console. */
export const preferences = cell(kept.chosen);

/** What the server doesn't have yet. */
export const unsent = cell(kept.unsent);

function keep(next: Kept): void {
  kept = next;
  try {
    const { chosen, account, unsent: waiting } = next;
    localStorage.setItem(kept_as, JSON.stringify({ ...chosen, account, unsent: waiting }));
  } catch {
    // Then it lasts as long as the page.
  }
  preferences.set(next.chosen);
  unsent.set(next.unsent);
}

/** Changes preferences at once; the server gets them as soon as it can be reached. */
export function prefer(changed: Partial<Preferences>): void {
  const chosen = { ...kept.chosen, ...changed };
  keep({ ...kept, chosen, unsent: joined(kept.unsent, changesBetween(kept.chosen, chosen)) });
}

/**
 * Takes over what the server has of an account: what it doesn't have yet stays on top, field by field. Where the account
 * has never chosen, what this browser had before becomes its choice, unless it is somebody else's.
 */
export function adopt(account: string, server: Preferences, { is_new }: { is_new: boolean }): void {
  const is_own = kept.account === undefined || kept.account === account;
  const brought = is_new && kept.account === undefined ? changesBetween(usual, kept.chosen) : {};
  const waiting = is_own ? joined(brought, kept.unsent) : {};
  keep({ account, chosen: withChanges(server, waiting), unsent: waiting });
}

/** The server has these changes now, and this is what it has. What was changed meanwhile stays on top. */
export function acknowledge(account: string, done: Changes, server: Preferences): void {
  if (kept.account !== account) return;
  const waiting = leftOf(kept.unsent, done);
  keep({ account, chosen: withChanges(server, waiting), unsent: waiting });
}

/** Whether this browser has the preferences of an account. */
export const isKept = (account: string): boolean => kept.account === account;

/** Where times are shown, and how dates are written, as far as this browser knows them: another machine's may know more. */
const formatted = cell<{ timeZone?: string; language?: string }>({});

function findFormats(): void {
  const { time_zone, language } = kept.chosen;
  const isKnown = (try_it: () => unknown) => {
    try {
      return try_it() !== undefined;
    } catch {
      return false;
    }
  };
  const zone = time_zone ?? undefined;
  const tag = language ?? undefined;
  formatted.set({
    ...(zone !== undefined && isKnown(() => new Intl.DateTimeFormat('en', { timeZone: zone })) && { timeZone: zone }),
    ...(tag !== undefined && isKnown(() => new Intl.DateTimeFormat(tag)) && { language: tag }),
  });
}
findFormats();
preferences.subscribe(findFormats);

/** Where times are shown; undefined: where the browser is. */
export const timeZone = (): string | undefined => formatted.get().timeZone;

/** How dates are written. The console’s texts are English. */
export const dateLanguage = (): string => formatted.get().language ?? 'en';

/** Tells the style sheet the theme and the density, now and after every change, in this tab or another one. */
export function applyPreferences(): void {
  const apply = () => {
    const { theme, density } = preferences.get();
    Object.assign(document.documentElement.dataset, { theme, density });
  };
  apply();
  preferences.subscribe(apply);
  addEventListener('storage', ({ key }) => {
    if (key !== kept_as) return;
    kept = remembered();
    preferences.set(kept.chosen);
    unsent.set(kept.unsent);
  });
}
