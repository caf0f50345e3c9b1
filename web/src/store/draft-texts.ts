/** An unsent text. */
export interface Draft {
  text: string;
  /** The version of the ticket or comment that the person saw when they began; 0 for a new comment. */
  base_version: number;
  saved_at: number;
  /** Identifies this state of the text, so that a tab can detect that another one has written since. */
  stamp: string;
}

/** What is stored for one place. */
export interface StoredDraft {
  draft: Draft;
  /** Texts that were typed into the same place in other tabs, or were set aside, newest first. */
  others: Draft[];
}

const max_others = 5;

/**
 * Returns the entry to store when a tab saves its text. If another tab has written since this one last looked, both
 * texts are kept.
 */
export function reconciled(old: StoredDraft | undefined, draft: Draft, seen: string | undefined): StoredDraft {
  if (old === undefined) return { draft, others: [] };
  const both = old.draft.stamp === seen ? old.others : [old.draft, ...old.others];
  return { draft, others: both.filter(({ text }) => text !== draft.text).slice(0, max_others) };
}

/** Returns an entry without one of its other texts; undefined if no text is left. */
export function without({ draft, others }: StoredDraft, other: Draft): StoredDraft | undefined {
  const left = others.filter(({ stamp }) => stamp !== other.stamp);
  return draft.text === '' && left.length === 0 ? undefined : { draft, others: left };
}

/** Returns an entry whose text was moved to the others. */
export const aside = ({ draft, others }: StoredDraft, stamp: string): StoredDraft => ({
  draft: { ...draft, text: '', stamp },
  others: [draft, ...others].slice(0, max_others),
});

/** Returns an entry without the text of this stamp; undefined if no text is left. */
export function withoutStamp({ draft, others }: StoredDraft, stamp: string): StoredDraft | undefined {
  const [next, ...rest] = [draft, ...others].filter((one) => one.stamp !== stamp);
  return next === undefined ? undefined : { draft: next, others: rest };
}
