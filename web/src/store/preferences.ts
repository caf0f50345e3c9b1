import { cell } from './cell.ts';

export interface Preferences {
  theme: 'system' | 'light' | 'dark';
  density: 'comfortable' | 'compact';
  /** The time zone for times and the language for dates; null for the defaults of the browser and the console. */
  time_zone: string | null;
  language: string | null;
  /** Whether keys without Ctrl or ⌘ run commands (WCAG 2.1.4). */
  single_keys: boolean;
  /** The keys that the person chose for commands, by command id. */
  keys: Partial<Record<string, string>>;
}

/** Changes of preferences. In `keys`, null restores a command's default key. */
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

/** Returns the changes that lead from one set of preferences to another. */
export function changesBetween(from: Preferences, to: Preferences): Changes {
  const changed = fields.filter((field) => from[field] !== to[field]).map((field) => [field, to[field]]);
  const ids = [...new Set([...Object.keys(from.keys), ...Object.keys(to.keys)])];
  const keys = ids.filter((id) => from.keys[id] !== to.keys[id]).map((id) => [id, to.keys[id] ?? null]);
  return { ...Object.fromEntries(changed), ...(keys.length > 0 && { keys: Object.fromEntries(keys) }) } as Changes;
}

/** Returns preferences with changes applied. */
export function withChanges(before: Preferences, { keys = {}, ...changed }: Changes): Preferences {
  const all = Object.entries({ ...before.keys, ...keys }).filter(([, chosen]) => typeof chosen === 'string');
  return { ...before, ...changed, keys: Object.fromEntries(all) as Preferences['keys'] };
}

/** Joins two changes, of which the second takes precedence. */
export const joined = (first: Changes, then: Changes): Changes => {
  const keys = { ...first.keys, ...then.keys };
  return { ...first, ...then, ...(Object.keys(keys).length > 0 && { keys }) };
};

/** Returns the changes that remain after some were saved. A later change of the same field remains. */
export function leftOf(changes: Changes, done: Changes): Changes {
  const left = fields.filter((field) => field in changes && changes[field] !== done[field]);
  const keys = Object.entries(changes.keys ?? {}).filter(([id, chosen]) => done.keys?.[id] !== chosen);
  return {
    ...Object.fromEntries(left.map((field) => [field, changes[field]])),
    ...(keys.length > 0 && { keys: Object.fromEntries(keys) }),
  };
}

export const isNone = (changes: Changes): boolean => Object.keys(changes).length === 0;

/**
 * What this browser stores: the preferences for the first paint, the account that they belong to, and the changes that
 * the server doesn't have yet.
 */
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

/** The browser may refuse storage, and the stored text may have been edited by hand. */
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

/** The preferences in use. */
export const preferences = cell(kept.chosen);

/** The changes that the server doesn't have yet. */
export const unsent = cell(kept.unsent);

function keep(next: Kept): void {
  kept = next;
  try {
    const { chosen, account, unsent: waiting } = next;
    localStorage.setItem(kept_as, JSON.stringify({ ...chosen, account, unsent: waiting }));
  } catch {
    // Without storage, the preferences last until the page closes.
  }
  preferences.set(next.chosen);
  unsent.set(next.unsent);
}

/** Changes preferences immediately, and sends the changes to the server when it responds. */
export function prefer(changed: Partial<Preferences>): void {
  const chosen = { ...kept.chosen, ...changed };
  keep({ ...kept, chosen, unsent: joined(kept.unsent, changesBetween(kept.chosen, chosen)) });
}

/**
 * Applies the server's preferences of an account, with the unsent changes on top, field by field. If the account has no
 * preferences yet, those from this browser become its own, unless they belong to another account.
 */
export function adopt(account: string, server: Preferences, { is_new }: { is_new: boolean }): void {
  const is_own = kept.account === undefined || kept.account === account;
  const brought = is_new && kept.account === undefined ? changesBetween(usual, kept.chosen) : {};
  const waiting = is_own ? joined(brought, kept.unsent) : {};
  keep({ account, chosen: withChanges(server, waiting), unsent: waiting });
}

/** Records that the server has saved changes, and applies its preferences. Later changes stay on top. */
export function acknowledge(account: string, done: Changes, server: Preferences): void {
  if (kept.account !== account) return;
  const waiting = leftOf(kept.unsent, done);
  keep({ account, chosen: withChanges(server, waiting), unsent: waiting });
}

/** Returns whether this browser has stored the preferences of this account. */
export const isKept = (account: string): boolean => kept.account === account;

/** The time zone and the language that this browser supports; a value chosen on another device may be unknown here. */
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

/** Returns the time zone for times; undefined for the browser's. */
export const timeZone = (): string | undefined => formatted.get().timeZone;

/** Returns the language for dates. The console’s texts are in English. */
export const dateLanguage = (): string => formatted.get().language ?? 'en';

/** Applies the theme and the density to the document, now and after every change in this or another tab. */
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
