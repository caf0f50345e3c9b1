import { cell } from './cell.ts';

export interface Preferences {
  theme: 'system' | 'light' | 'dark';
  density: 'comfortable' | 'compact';
  /** Whether keys without Ctrl or ⌘ run commands (WCAG 2.1.4). */
  single_keys: boolean;
  /** The keys that the person chose for commands, by the command's id. */
  keys: Partial<Record<string, string>>;
}

const place = 'baton.preferences';
const usual: Preferences = { theme: 'system', density: 'comfortable', single_keys: true, keys: {} };

/** What this browser remembers. A browser may refuse to, and somebody may have written there by hand. */
function remembered(): Preferences {
  try {
    const given: unknown = JSON.parse(localStorage.getItem(place) ?? '{}');
    const found: Preferences = typeof given === 'object' && given !== null ? { ...usual, ...given } : usual;
    const keys = Object.entries(found.keys).filter(([, chosen]) => typeof chosen === 'string' && chosen !== '');
    return { ...found, keys: Object.fromEntries(keys) };
  } catch {
    return usual;
  }
}

/** How this person wants the console, in this browser. */
export const preferences = cell(remembered());

export function prefer(changed: Partial<Preferences>): void {
  preferences.set({ ...preferences.get(), ...changed });
  try {
    localStorage.setItem(place, JSON.stringify(preferences.get()));
  } catch {
    // Then it lasts as long as the page.
  }
}

/** Tells the style sheet the theme and the density, now and after every change. */
export function applyPreferences(): void {
  const apply = () => {
    const { theme, density } = preferences.get();
    Object.assign(document.documentElement.dataset, { theme, density });
  };
  apply();
  preferences.subscribe(apply);
}
