import type { ActivityEntry, Comment } from 'baton-sdk';
import { Signal } from './signal.ts';

interface Page<T> {
  data: readonly T[];
  next_cursor: string | null;
}

export interface TimelineParts {
  /** Reads what happened, newest first. */
  loadActivity: (cursor: string | undefined) => Promise<Page<ActivityEntry>>;
  /** Reads the oldest comments. */
  loadComments: () => Promise<Page<Comment>>;
  /** Reads one comment; undefined where it can't be read any more. */
  loadComment: (id: string) => Promise<Comment | undefined>;
}

/** What is shown in the ticket's story: something that happened, or something that was said. */
export type Moment =
  | { kind: 'act'; id: string; at: string; entry: ActivityEntry }
  | { kind: 'comment'; id: string; at: string; comment: Comment };

export interface TimelineState {
  moments: readonly Moment[];
  loading: 'first' | 'older' | 'no';
  error: unknown;
  has_older: boolean;
}

/** Comments that are read at once. */
const parallel = 6;

/** Entries of a ticket's activity that are no part of its story: what comments say themselves, and its place on the board. */
const not_told = /^(comment\.|ticket\.(placed|respaced)$)/;

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Calls a function for each, some at once. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

/** What happened to a ticket and what was said about it, in one order, newest pages first. */
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

  /** Reads the newest part. */
  open(): Promise<void> {
    this.#is_wanted = true;
    return this.#next(() => (this.#is_loaded ? this.#renew() : this.#first()));
  }

  async #first(): Promise<void> {
    this.#set({ loading: 'first', error: undefined });
    const [activity, comments] = await Promise.all([this.#parts.loadActivity(undefined), this.#parts.loadComments()]);
    for (const comment of comments.data) this.#comments.set(comment.id, comment);
    this.#cursor = activity.next_cursor ?? undefined;
    await this.#takeEntries(activity.data);
    this.#is_loaded = true;
  }

  /** Reads the part before the oldest that is shown. */
  older(): Promise<void> {
    return this.#next(async () => {
      if (this.#cursor === undefined) return;
      this.#set({ loading: 'older', error: undefined });
      const { data, next_cursor } = await this.#parts.loadActivity(this.#cursor);
      this.#cursor = next_cursor ?? undefined;
      await this.#takeEntries(data);
    });
  }

  /** Something happened to the ticket: reads what is new, and the comment that it is about. */
  happened(comment_id?: string): Promise<void> {
    return this.#next(async () => {
      if (!this.#is_wanted) return;
      if (!this.#is_loaded) return this.#first();
      if (comment_id !== undefined) await this.#readComment(comment_id);
      return this.#renew();
    });
  }

  /** Takes in a comment that a response has. */
  receive(comment: Comment): void {
    const known = this.#comments.get(comment.id);
    if (known !== undefined && known.version > comment.version) return;
    this.#comments.set(comment.id, comment);
    this.#draw();
  }

  /** A comment by its id, as far as it is known. */
  readonly comment = (id: string): Comment | undefined => this.#comments.get(id);

  async #renew(): Promise<void> {
    // As long as pages have nothing that is known, there is a hole between them and what is.
    let cursor: string | undefined;
    let has_hole = true;
    for (let pages = 0; has_hole && pages < 10; pages++) {
      const { data, next_cursor } = await this.#parts.loadActivity(cursor);
      has_hole = next_cursor !== null && !data.some(({ id }) => this.#entries.has(id));
      await this.#takeEntries(data);
      cursor = next_cursor ?? undefined;
    }
    this.#set({ error: undefined });
  }

  async #takeEntries(entries: readonly ActivityEntry[]): Promise<void> {
    for (const entry of entries) this.#entries.set(entry.id, entry);
    const created = entries.filter(({ action }) => action === 'comment.created').map(({ subject_id }) => subject_id);
    const missing = created.filter((id) => !this.#comments.has(id));
    await eachOf(missing, (id) => this.#readComment(id));
  }

  async #readComment(id: string): Promise<void> {
    const comment = await this.#parts.loadComment(id);
    if (comment !== undefined) this.receive(comment);
  }

  /** One after the other, so that no page is read twice. */
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
    // Of what is before the oldest page, only comments are known: they would stand there without what happened between.
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
