/** The parts of a key event that matter. */
export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

interface Press {
  key: string;
  mod: boolean;
  shift: boolean;
}

/** Whether ⌘ is the main modifier. */
export const is_apple = typeof navigator === 'object' && /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** Parses `Mod+k`, or a sequence such as `g l`. */
export function parseKeys(keys: string): Press[] {
  return keys.split(' ').map((press) => {
    const parts = press.split('+');
    const key = parts.at(-1) ?? '';
    // A space separates two presses, so the space key is written as Space.
    return { key: key === 'Space' ? ' ' : key, mod: parts.includes('Mod'), shift: parts.includes('Shift') };
  });
}

const is_letter = /^\p{L}$/u;
const is_named = /^.{2,}$/u;

/**
 * Returns whether an event is this key with exactly these modifiers. Shift counts for letters and named keys, and not
 * for signs such as `?`, because keyboard layouts differ in which signs need Shift.
 */
export function matches(press: Press, { key, ctrlKey, metaKey, altKey, shiftKey }: Pressed, apple = is_apple): boolean {
  const [main, other] = apple ? [metaKey, ctrlKey] : [ctrlKey, metaKey];
  if (main !== press.mod || other || altKey) return false;
  const shift_counts = is_letter.test(key) || is_named.test(key);
  if (shift_counts && shiftKey !== press.shift) return false;
  // Caps Lock turns the key into a capital.
  return is_letter.test(key) ? key.toLowerCase() === press.key : key === press.key;
}

/** The most time between the two presses of a sequence, in milliseconds. */
const patience_ms = 1_500;

/** Finds the key sequences that an event completes. */
export class Sequences<Id extends string> {
  readonly #all: { id: Id; presses: Press[] }[];
  readonly #apple: boolean;
  #begun: { id: Id; presses: Press[] }[] = [];
  #until = 0;

  constructor(keys: readonly (readonly [id: Id, keys: string])[], apple = is_apple) {
    this.#all = keys.map(([id, text]) => ({ id, presses: parseKeys(text) }));
    this.#apple = apple;
  }

  /** Returns the sequences that this press completes; several if a key has different meanings on different pages. */
  press(event: Pressed, now: number): Id[] {
    const second = now < this.#until ? this.#begun : [];
    this.#begun = [];
    const ended = second.filter(({ presses: [, last] }) => last !== undefined && this.#is(last, event));
    if (ended.length > 0) return ended.map(({ id }) => id);
    const started = this.#all.filter(({ presses: [first] }) => first !== undefined && this.#is(first, event));
    this.#begun = started.filter(({ presses }) => presses.length > 1);
    this.#until = now + patience_ms;
    return started.filter(({ presses }) => presses.length === 1).map(({ id }) => id);
  }

  #is = (press: Press, event: Pressed) => matches(press, event, this.#apple);
}

const signs: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  ' ': 'Space',
};

const shownPress = ({ key, mod, shift }: Press, apple: boolean) =>
  [
    ...(mod ? [apple ? '⌘' : 'Ctrl'] : []),
    ...(shift ? [apple ? '⇧' : 'Shift'] : []),
    signs[key] ?? ((mod || shift) && key.length === 1 ? key.toUpperCase() : key),
  ].join(apple ? '' : '+');

/** Formats keys for people: `Ctrl+K`, `⌘K`, `g l`. */
export const shownKeys = (keys: string, apple = is_apple): string =>
  parseKeys(keys)
    .map((press) => shownPress(press, apple))
    .join(' ');

/** Formats keys for `aria-keyshortcuts`, which cannot express sequences. */
export function ariaKeys(keys: string | undefined, apple = is_apple): string | undefined {
  if (keys === undefined || keys.includes(' ')) return undefined;
  return keys.replace('Mod', apple ? 'Meta' : 'Control');
}
