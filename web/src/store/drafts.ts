import { aside, type Draft, reconciled, type StoredDraft, without, withoutStamp } from './draft-texts.ts';
import { keyOf, type Place, prefixOf } from './draft-places.ts';
import { newId } from './ids.ts';
import { Signal } from './signal.ts';

/** The storage for drafts. */
export interface DraftStorage {
  /** Reads and replaces an entry atomically. */
  update: (key: string, change: (old: StoredDraft | undefined) => StoredDraft | undefined) => Promise<void>;
  entries: (prefix: string) => Promise<[key: string, stored: StoredDraft][]>;
}

interface Parts {
  storage: DraftStorage;
  /** Tells the other tabs that a place's entry has changed. */
  tell: (key: string, stored: StoredDraft | undefined) => void;
  now?: () => number;
  newStamp?: () => string;
}

/** A text that may not have been stored before its page closed. */
export interface LeftDraft {
  key: string;
  draft: Draft;
  seen: string | undefined;
}

interface Entry extends StoredDraft {
  /** Whether the storage does not have the newest text yet. */
  is_typed: boolean;
}

export const save_after_ms = 300;

type Change = (old: StoredDraft | undefined, seen: string | undefined) => StoredDraft | undefined;

/** All unsent texts, in memory and in the storage. */
export class Drafts {
  readonly #parts: Required<Parts>;
  readonly #entries = new Map<string, Entry>();
  /** The stamps of the stored drafts that this tab's texts are based on. */
  readonly #seen = new Map<string, string>();
  /** The stamps of the texts that were sent and are stored until what was sent is safe. */
  readonly #sent = new Set<string>();
  /**
   * The writes of each place, run one after the other: otherwise a tab would take its own last text for another tab's.
   */
  readonly #writing = new Map<string, Promise<boolean>>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #changed = new Signal();

  readonly subscribe = this.#changed.subscribe;

  constructor(parts: Parts) {
    this.#parts = { now: Date.now, newStamp: newId, ...parts };
  }

  /** Loads an account's drafts. Texts typed in the meantime are kept. */
  async load(account: string): Promise<void> {
    for (const [key, stored] of await this.#parts.storage.entries(prefixOf(account))) {
      if (!this.#entries.has(key)) this.#adopt(key, stored);
    }
    this.#changed.emit();
  }

  /** Returns the draft of a place; the same object until it changes. */
  readonly get = (place: Place): StoredDraft | undefined => this.#entries.get(keyOf(place));

  /** Returns the number of an account's unsent texts. */
  count(account: string): number {
    return [...this.#entries.keys()].filter((key) => key.startsWith(prefixOf(account))).length;
  }

  /** Takes a typed text, and stores it soon. */
  type(place: Place, text: string, base_version: number): void {
    const key = keyOf(place);
    const draft = { text, base_version, saved_at: this.#parts.now(), stamp: this.#parts.newStamp() };
    this.#entries.set(key, { draft, others: this.#entries.get(key)?.others ?? [], is_typed: true });
    if (!this.#timers.has(key))
      this.#timers.set(
        key,
        setTimeout(() => void this.#save(key), save_after_ms),
      );
    this.#changed.emit();
  }

  /**
   * Deletes the draft of a place, because it was sent or is not wanted. Other tabs' texts stay until they are dropped.
   */
  async discard(place: Place): Promise<void> {
    const key = keyOf(place);
    if (!this.#entries.has(key)) return;
    this.#stopTimer(key);
    this.#entries.delete(key);
    this.#changed.emit();
    const remains: Change = (old, seen) => {
      if (old === undefined) return undefined;
      const [next, ...others] = old.draft.stamp === seen ? old.others : [old.draft, ...old.others];
      return next === undefined ? undefined : { draft: next, others };
    };
    await this.#update(key, remains, { adopts: true });
  }

  /** Takes a sent text off the page, and deletes it from the storage once `kept` is resolved. */
  async sent(place: Place, kept: Promise<unknown>): Promise<void> {
    const key = keyOf(place);
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    if (entry.is_typed) void this.#save(key);
    const { stamp } = entry.draft;
    this.#sent.add(stamp);
    this.#entries.delete(key);
    this.#changed.emit();
    await kept;
    if (await this.#update(key, (old) => old && withoutStamp(old, stamp), { adopts: true })) this.#sent.delete(stamp);
  }

  /** Returns whether a text was sent, so that it is stored but not shown. */
  readonly isSent = ({ stamp }: Draft): boolean => this.#sent.has(stamp);

  /** Swaps this tab's text with one of another tab. */
  exchange(place: Place, other: Draft): void {
    const key = keyOf(place);
    const entry = this.#entries.get(key);
    if (entry?.others.some(({ stamp }) => stamp === other.stamp) !== true) return;
    const others = entry.others.map((one) => (one.stamp === other.stamp ? entry.draft : one));
    this.#choose(key, { draft: other, others: others.filter(({ text }) => text !== '') });
  }

  /** Drops one of the other texts. */
  drop(place: Place, other: Draft): void {
    const entry = this.get(place);
    if (entry !== undefined) this.#choose(keyOf(place), without(entry, other));
  }

  /** Moves the text of a place to the others, so that another one can be typed. Returns it. */
  setAside(place: Place): Draft | undefined {
    const entry = this.get(place);
    if (entry === undefined || entry.draft.text === '') return undefined;
    this.#choose(keyOf(place), aside(entry, this.#parts.newStamp()));
    return entry.draft;
  }

  /** Stores all typed texts now, because the page may close at any moment. */
  async flush(): Promise<void> {
    const typed = [...this.#entries].filter(([, { is_typed }]) => is_typed);
    await Promise.all(typed.map(([key]) => this.#save(key)));
  }

  /** Returns the texts that are not stored yet, with the stamps of the stored drafts they are based on. */
  unsaved(): LeftDraft[] {
    const typed = [...this.#entries].filter(([, { is_typed }]) => is_typed);
    return typed.map(([key, { draft }]) => ({ key, draft, seen: this.#seen.get(key) }));
  }

  /**
   * Stores a text that a closed page could not store. If the storage refuses it, shows it all the same, and returns
   * false: the caller must keep it.
   */
  async recover({ key, draft, seen }: LeftDraft): Promise<boolean> {
    const is_stored = await this.#update(key, (old) => reconciled(old, draft, seen), { adopts: true });
    if (!is_stored && !this.#entries.has(key)) {
      this.#entries.set(key, { draft, others: [], is_typed: true });
      this.#changed.emit();
    }
    return is_stored;
  }

  /** Takes over what another tab has stored, unless something has been typed here since. */
  receive(key: string, stored: StoredDraft | undefined): void {
    if (this.#entries.get(key)?.is_typed === true) return;
    if (stored !== undefined) {
      this.#adopt(key, stored);
    } else {
      this.#entries.delete(key);
      this.#seen.delete(key);
    }
    this.#changed.emit();
  }

  async #save(key: string): Promise<void> {
    this.#stopTimer(key);
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    await this.#update(key, (old, seen) => reconciled(old, entry.draft, seen), { adopts: false });
  }

  /** Stores the person's choice among several texts, whatever is stored now. */
  #choose(key: string, stored: StoredDraft | undefined): void {
    this.#stopTimer(key);
    if (stored === undefined) this.#entries.delete(key);
    else this.#entries.set(key, { ...stored, is_typed: true });
    this.#changed.emit();
    void this.#update(key, () => stored, { adopts: false });
  }

  #update(key: string, change: Change, { adopts }: { adopts: boolean }): Promise<boolean> {
    const written = (this.#writing.get(key) ?? Promise.resolve(true)).then(() => this.#write(key, change, adopts));
    this.#writing.set(key, written);
    return written;
  }

  /** Changes the stored entry, and tells the other tabs. Returns whether the storage took it. */
  async #write(key: string, change: Change, adopts: boolean): Promise<boolean> {
    let stored: StoredDraft | undefined;
    const seen = this.#seen.get(key);
    // A sent text is not an earlier state of the one that is typed next.
    const base = seen !== undefined && this.#sent.has(seen) ? undefined : seen;
    try {
      await this.#parts.storage.update(key, (old) => (stored = change(old, base)));
    } catch {
      return false; // The text stays in memory, and the next key press tries again.
    }
    if (stored === undefined) this.#seen.delete(key);
    else this.#seen.set(key, stored.draft.stamp);
    this.#settle(key, stored, adopts && stored?.draft.stamp !== seen);
    this.#changed.emit();
    this.#parts.tell(key, stored);
    return true;
  }

  /** Takes over the stored entry. A text typed in the meantime is now based on it; a discarded one stays discarded. */
  #settle(key: string, stored: StoredDraft | undefined, adopts: boolean): void {
    const entry = this.#entries.get(key);
    if (stored === undefined) return;
    if (entry === undefined) {
      if (adopts) this.#adopt(key, stored);
    } else if (!entry.is_typed || entry.draft.stamp === stored.draft.stamp) {
      this.#adopt(key, stored);
    } else if (adopts) {
      // The stored text is not an earlier one of this field, so the next save must keep it beside the typed one.
      this.#seen.delete(key);
      this.#entries.set(key, { ...entry, others: [stored.draft, ...stored.others] });
    } else {
      this.#entries.set(key, { ...entry, others: stored.others });
    }
  }

  #adopt(key: string, { draft, others }: StoredDraft): void {
    if (this.isSent(draft)) this.#entries.delete(key);
    else this.#entries.set(key, { draft, others, is_typed: false });
    this.#seen.set(key, draft.stamp);
  }

  #stopTimer(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }
}
