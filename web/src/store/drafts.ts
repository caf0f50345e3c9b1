import { newId } from './ids.ts';
import { Signal } from './signal.ts';

/** Where a text is typed: a field of a ticket, a new comment, or the edit of one. */
export interface Place {
  account: string;
  workspace: string;
  /** The ticket's id; for a ticket that is not there yet, where it is to be. */
  ticket: string;
  /** `title`, `description`, `comment`, `comment:` and the id of the comment that is edited, or what a form is for. */
  field: string;
}

/** A text that was typed and not sent yet. */
export interface Draft {
  text: string;
  /** The version of the ticket or comment that was seen as typing began; 0 for a new comment. */
  base_version: number;
  saved_at: number;
  /** Names this state of the text, so that a tab knows whether another has written since. */
  stamp: string;
}

/** What the disk has of one place. */
export interface StoredDraft {
  draft: Draft;
  /** Texts of other tabs that were typed at the same time, newest first. */
  others: Draft[];
}

/** The disk that drafts are kept on. */
export interface DraftStorage {
  /** Reads and replaces what is there, with nothing in between. */
  update: (key: string, change: (old: StoredDraft | undefined) => StoredDraft | undefined) => Promise<void>;
  entries: (prefix: string) => Promise<[key: string, stored: StoredDraft][]>;
}

interface Parts {
  storage: DraftStorage;
  /** Tells the other tabs that what is kept of a place has changed. */
  tell: (key: string, stored: StoredDraft | undefined) => void;
  now?: () => number;
  newStamp?: () => string;
}

/** A text that the disk may not have had in time. */
export interface LeftDraft {
  key: string;
  draft: Draft;
  seen: string | undefined;
}

interface Entry extends StoredDraft {
  /** Whether there is something that the disk doesn't have yet. */
  is_typed: boolean;
}

export const save_after_ms = 300;
const max_others = 5;

const escaped = (part: string) => encodeURIComponent(part);
export const prefixOf = (account: string): string => `${escaped(account)}/`;
export const keyOf = ({ account, workspace, ticket, field }: Place): string =>
  prefixOf(account) + [workspace, ticket, field].map(escaped).join('/');

/**
 * What is kept of a place when a tab writes its text. Where another tab has written since this one looked, both texts are
 * kept.
 */
export function reconciled(old: StoredDraft | undefined, draft: Draft, seen: string | undefined): StoredDraft {
  if (old === undefined) return { draft, others: [] };
  const both = old.draft.stamp === seen ? old.others : [old.draft, ...old.others];
  return { draft, others: both.filter(({ text }) => text !== draft.text).slice(0, max_others) };
}

type Change = (old: StoredDraft | undefined, seen: string | undefined) => StoredDraft | undefined;

/** Every text that was typed and not sent yet, in memory and on the disk. */
export class Drafts {
  readonly #parts: Required<Parts>;
  readonly #entries = new Map<string, Entry>();
  /** The state on the disk that this tab's text builds on. */
  readonly #seen = new Map<string, string>();
  /** What is being written, one after the other: otherwise the own last text would look like another tab's. */
  readonly #writing = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #changed = new Signal();

  readonly subscribe = this.#changed.subscribe;

  constructor(parts: Parts) {
    this.#parts = { now: Date.now, newStamp: newId, ...parts };
  }

  /** Reads an account's drafts from the disk. What was typed meanwhile stays. */
  async load(account: string): Promise<void> {
    for (const [key, stored] of await this.#parts.storage.entries(prefixOf(account))) {
      if (!this.#entries.has(key)) this.#adopt(key, stored);
    }
    this.#changed.emit();
  }

  /** What was typed at a place. The same object until it changes. */
  readonly get = (place: Place): StoredDraft | undefined => this.#entries.get(keyOf(place));

  /** How many texts an account has that were typed and not sent. */
  count(account: string): number {
    return [...this.#entries.keys()].filter((key) => key.startsWith(prefixOf(account))).length;
  }

  /** Takes what is typed, and keeps it on the disk soon. */
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

  /** Forgets what was typed at a place: it was sent, or is not wanted. Texts of other tabs stay until they are dropped, too. */
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

  /** Takes the text of another tab in place of the own, which changes places with it. */
  exchange(place: Place, other: Draft): void {
    const key = keyOf(place);
    const entry = this.#entries.get(key);
    if (entry === undefined || !entry.others.includes(other)) return;
    const others = entry.others.map((one) => (one === other ? entry.draft : one));
    this.#choose(key, { draft: other, others });
  }

  /** Drops a text of another tab. */
  drop(place: Place, other: Draft): void {
    const key = keyOf(place);
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#choose(key, { draft: entry.draft, others: entry.others.filter((one) => one !== other) });
  }

  /** Keeps everything that was typed on the disk now: the page may be gone in a moment. */
  async flush(): Promise<void> {
    const typed = [...this.#entries].filter(([, { is_typed }]) => is_typed);
    await Promise.all(typed.map(([key]) => this.#save(key)));
  }

  /** What the disk doesn't have yet, with the state on it that each text builds on. */
  unsaved(): LeftDraft[] {
    const typed = [...this.#entries].filter(([, { is_typed }]) => is_typed);
    return typed.map(([key, { draft }]) => ({ key, draft, seen: this.#seen.get(key) }));
  }

  /** Takes up what a page left behind that was closed before the disk had it. */
  async recover({ key, draft, seen }: LeftDraft): Promise<void> {
    await this.#update(key, (old) => reconciled(old, draft, seen), { adopts: true });
  }

  /** Another tab has written. Its text is taken over unless something was typed here since. */
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

  /** Writes what the person chose among the texts, whatever is there. */
  #choose(key: string, stored: StoredDraft): void {
    this.#stopTimer(key);
    this.#entries.set(key, { ...stored, is_typed: true });
    this.#changed.emit();
    void this.#update(key, () => stored, { adopts: false });
  }

  #update(key: string, change: Change, { adopts }: { adopts: boolean }): Promise<void> {
    const written = (this.#writing.get(key) ?? Promise.resolve()).then(() => this.#write(key, change, adopts));
    this.#writing.set(key, written);
    return written;
  }

  /** Changes what the disk has, and tells the other tabs. */
  async #write(key: string, change: Change, adopts: boolean): Promise<void> {
    let stored: StoredDraft | undefined;
    try {
      await this.#parts.storage.update(key, (old) => (stored = change(old, this.#seen.get(key))));
    } catch {
      return; // A disk that takes nothing: what is in memory stays, and is tried again with the next letter.
    }
    if (stored === undefined) this.#seen.delete(key);
    else this.#seen.set(key, stored.draft.stamp);
    this.#settle(key, stored, adopts);
    this.#changed.emit();
    this.#parts.tell(key, stored);
  }

  /** Takes over what the disk has now. What was typed meanwhile builds on it; what was discarded meanwhile stays so. */
  #settle(key: string, stored: StoredDraft | undefined, adopts: boolean): void {
    const entry = this.#entries.get(key);
    if (stored === undefined) return;
    if (entry === undefined) {
      if (adopts) this.#adopt(key, stored);
    } else if (!entry.is_typed || entry.draft.stamp === stored.draft.stamp) {
      this.#adopt(key, stored);
    } else {
      this.#entries.set(key, { ...entry, others: stored.others });
    }
  }

  #adopt(key: string, { draft, others }: StoredDraft): void {
    this.#entries.set(key, { draft, others, is_typed: false });
    this.#seen.set(key, draft.stamp);
  }

  #stopTimer(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }
}
