import type { ActivityEntry, Comment } from 'baton-sdk';
import { Signal } from './signal.ts';

interface Page<T> {
  data: readonly T[];
  next_cursor: string | null;
}

export interface TimelineParts {
  /** Reads a page of the activity, newest first. */
  loadActivity: (cursor: string | undefined) => Promise<Page<ActivityEntry>>;
  /** Reads the first page of comments, oldest first. */
  loadComments: () => Promise<Page<Comment>>;
  /** Reads one comment; undefined if it can't be read any more. */
  loadComment: (id: string) => Promise<Comment | undefined>;
}

/** One item of a ticket's story: an action or a comment. */
export type Moment =
  | { kind: 'act'; id: string; at: string; entry: ActivityEntry }
  | { kind: 'comment'; id: string; at: string; comment: Comment };

export interface TimelineState {
  moments: readonly Moment[];
  loading: 'first' | 'older' | 'no';
  error: unknown;
  has_older: boolean;
}

/** The number of comments that are read at the same time. */
const parallel = 6;

/** How many pages are read to reach the known entries. If they are further away, the story is loaded anew. */
const max_pages = 10;

/** Activity that the story leaves out: the comments show themselves, and the place on the board is not part of it. */
const not_told = /^(comment\.|ticket\.(placed|respaced)$)/;

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Calls a function for each item, for several at a time. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

/** The activity and comments of a ticket in one order, loaded from the newest page on. */
export class Timeline {
  readonly #parts: TimelineParts;
  readonly #entries = new Map<string, ActivityEntry>();
  readonly #comments = new Map<string, Comment>();
  readonly #changed = new Signal();
  #cursor: string | undefined;
  #is_wanted = false;
  #is_loaded = false;
  #state: TimelineState = { moments: [], loading: 'first', error: undefined, has_older: false };
  #busy: Promise<void> = Promise.resolve();

  readonly subscribe = this.#changed.subscribe;

  constructor(parts: TimelineParts) {
    this.#parts = parts;
  }

  readonly state = (): TimelineState => this.#state;

  /** Reads the newest page. */
  open(): Promise<void> {
    this.#is_wanted = true;
    return this.#next(() => (this.#is_loaded ? this.#renew() : this.#first()));
  }

  async #first(): Promise<void> {
    this.#is_loaded = false;
    this.#set({ loading: 'first', error: undefined });
    const [activity, comments] = await Promise.all([this.#parts.loadActivity(undefined), this.#parts.loadComments()]);
    this.#entries.clear();
    this.#comments.clear();
    for (const comment of comments.data) this.#comments.set(comment.id, comment);
    this.#cursor = activity.next_cursor ?? undefined;
    await this.#takeEntries(activity.data);
    this.#is_loaded = true;
  }

  /** Reads the page before the oldest one shown. */
  older(): Promise<void> {
    return this.#next(async () => {
      if (this.#cursor === undefined) return;
      this.#set({ loading: 'older', error: undefined });
      const { data, next_cursor } = await this.#parts.loadActivity(this.#cursor);
      this.#cursor = next_cursor ?? undefined;
      await this.#takeEntries(data);
    });
  }

  /** Something happened to the ticket: reads the new entries, and the comment that they are about. */
  happened(comment_id?: string): Promise<void> {
    return this.#next(async () => {
      if (!this.#is_wanted) return;
      if (!this.#is_loaded) return this.#first();
      if (comment_id !== undefined) await this.#readComment(comment_id);
      return this.#renew();
    });
  }

  /** Stores a comment from a response. */
  receive(comment: Comment): void {
    const known = this.#comments.get(comment.id);
    if (known !== undefined && known.version > comment.version) return;
    this.#comments.set(comment.id, comment);
    this.#draw();
  }

  /** Returns a comment by its id, if it is known. */
  readonly comment = (id: string): Comment | undefined => this.#comments.get(id);

  async #renew(): Promise<void> {
    const found: ActivityEntry[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < max_pages; pages++) {
      const { data, next_cursor } = await this.#parts.loadActivity(cursor);
      found.push(...data);
      // Until a page contains a known entry, there is a gap between the pages just read and the known ones.
      if (next_cursor === null || data.some(({ id }) => this.#entries.has(id))) {
        await this.#takeEntries(found);
        return this.#set({ error: undefined });
      }
      cursor = next_cursor;
    }
    return this.#first();
  }

  async #takeEntries(entries: readonly ActivityEntry[]): Promise<void> {
    const created = entries.filter(({ action }) => action === 'comment.created').map(({ subject_id }) => subject_id);
    const missing = created.filter((id) => !this.#comments.has(id));
    await eachOf(missing, (id) => this.#readComment(id));
    // Entries are known only once their comments are, so that a read that failed is repeated.
    for (const entry of entries) this.#entries.set(entry.id, entry);
  }

  async #readComment(id: string): Promise<void> {
    const comment = await this.#parts.loadComment(id);
    if (comment !== undefined) this.receive(comment);
  }

  /** Runs one read at a time, so that no page is read twice. */
  #next(act: () => Promise<void>): Promise<void> {
    this.#busy = this.#busy.then(act).then(
      () => this.#draw(),
      (error: unknown) => this.#set({ loading: 'no', error }),
    );
    return this.#busy;
  }

  #draw(): void {
    const acts = [...this.#entries.values()].filter(({ action }) => !not_told.test(action));
    const oldest = [...this.#entries.values()].map(({ created_at }) => created_at).toSorted(compareText)[0] ?? '';
    // Older comments may be known before the activity around them is. Showing them would hide that gap.
    const isShown = (at: string) => this.#cursor === undefined || at >= oldest;
    const comments = [...this.#comments.values()].filter(({ created_at }) => isShown(created_at));
    const moments: Moment[] = [
      ...acts.map((entry): Moment => ({ kind: 'act', id: entry.id, at: entry.created_at, entry })),
      ...comments.map((comment): Moment => ({ kind: 'comment', id: comment.id, at: comment.created_at, comment })),
    ];
    const ordered = moments.toSorted((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id));
    this.#set({ moments: ordered, loading: 'no', has_older: this.#cursor !== undefined });
  }

  #set(changed: Partial<TimelineState>): void {
    this.#state = { ...this.#state, ...changed };
    this.#changed.emit();
  }
}
