/** What of a key event matters. */
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

/** Whether the main modifier is ⌘. */
export const is_apple = typeof navigator === 'object' && /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** The presses of `Mod+k`, or of `g l`. */
export function parseKeys(keys: string): Press[] {
  return keys.split(' ').map((press) => {
    const parts = press.split('+');
    const key = parts.at(-1) ?? '';
    // A key is what the event says of it; in a text a space stands between two presses.
    return { key: key === 'Space' ? ' ' : key, mod: parts.includes('Mod'), shift: parts.includes('Shift') };
  });
}

const is_letter = /^\p{L}$/u;
const is_named = /^.{2,}$/u;

/**
 * Whether this is the key, with exactly these modifiers. Layouts differ in what needs Shift to be typed: of a letter and of a
 * key with a name it counts, of `?` it doesn't.
 */
export function matches(press: Press, { key, ctrlKey, metaKey, altKey, shiftKey }: Pressed, apple = is_apple): boolean {
  const [main, other] = apple ? [metaKey, ctrlKey] : [ctrlKey, metaKey];
  if (main !== press.mod || other || altKey) return false;
  const shift_counts = is_letter.test(key) || is_named.test(key);
  if (shift_counts && shiftKey !== press.shift) return false;
  // Under Caps Lock the key is a capital.
  return is_letter.test(key) ? key.toLowerCase() === press.key : key === press.key;
}

/** How long the second press of two may take. */
const patience_ms = 1_500;

/** Finds which of several key sequences an event completes. */
export class Sequences<Id extends string> {
  readonly #all: { id: Id; presses: Press[] }[];
  readonly #apple: boolean;
  #begun: { id: Id; presses: Press[] }[] = [];
  #until = 0;

  constructor(keys: readonly (readonly [id: Id, keys: string])[], apple = is_apple) {
    this.#all = keys.map(([id, text]) => ({ id, presses: parseKeys(text) }));
    this.#apple = apple;
  }

  /** The sequences that this press completes: several where pages differ in what a key does. */
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

/** Keys as people read them: `Ctrl+K`, `⌘K`, `g l`. */
export const shownKeys = (keys: string, apple = is_apple): string =>
  parseKeys(keys)
    .map((press) => shownPress(press, apple))
    .join(' ');

/** Keys as `aria-keyshortcuts` writes them; it has no way to write one after the other. */
export function ariaKeys(keys: string | undefined, apple = is_apple): string | undefined {
  if (keys === undefined || keys.includes(' ')) return undefined;
  return keys.replace('Mod', apple ? 'Meta' : 'Control');
}
