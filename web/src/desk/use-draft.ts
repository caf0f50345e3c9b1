import { useMemo, useSyncExternalStore } from 'react';
import type { Draft } from '../store/draft-texts.ts';
import type { Desk } from './desk.ts';
import { drafts } from './drafts.ts';
import type { Kept } from './taken.ts';

export interface Typed {
  /** The unsent text, if there is one. */
  draft: Draft | undefined;
  /** Texts that were typed into the same field in other tabs, or were set aside. */
  others: readonly Draft[];
  /** Saves the typed text, with the version that the person saw when they began. */
  type: (text: string, base_version: number) => void;
  /** Takes the sent text off the page. It stays stored until what was sent is kept. */
  sent: (kept: Kept) => void;
  /** Deletes the draft, because it was sent or is not wanted. If a text is given, deletes only that text. */
  discard: (sent?: string) => void;
  /** Swaps this tab's text with one of another tab. */
  exchange: (other: Draft) => void;
  drop: (other: Draft) => void;
  /** Moves the text to the others, so that another one can be typed. Returns it. */
  setAside: () => Draft | undefined;
}

const none: readonly Draft[] = [];

/** The draft of one field of a ticket, in this tab and in others. */
export function useDraft(
  { account, workspace_id }: Pick<Desk, 'account' | 'workspace_id'>,
  ticket_id: string,
  field: string,
): Typed {
  const place = useMemo(
    () => ({ account, workspace: workspace_id, ticket: ticket_id, field }),
    [account, workspace_id, ticket_id, field],
  );
  const stored = useSyncExternalStore(drafts.subscribe, () => drafts.get(place));
  return {
    draft: stored?.draft,
    others: stored?.others.filter((other) => !drafts.isSent(other)) ?? none,
    type: (text, base_version) => drafts.type(place, text, base_version),
    sent: (kept) => void drafts.sent(place, kept()),
    discard: (sent) => {
      if (sent === undefined || drafts.get(place)?.draft.text === sent) void drafts.discard(place);
    },
    exchange: (other) => drafts.exchange(place, other),
    drop: (other) => drafts.drop(place, other),
    setAside: () => drafts.setAside(place),
  };
}
