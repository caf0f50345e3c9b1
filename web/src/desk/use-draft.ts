import { useMemo, useSyncExternalStore } from 'react';
import type { Draft } from '../store/drafts.ts';
import type { Desk } from './desk.ts';
import { drafts } from './drafts.ts';

export interface Typed {
  /** What was typed and not sent, if anything was. */
  draft: Draft | undefined;
  /** What was typed at the same time in other tabs. */
  others: readonly Draft[];
  /** Keeps what is typed, with the version that was seen as typing began. */
  type: (text: string, base_version: number) => void;
  /** Forgets it: it was sent, or is not wanted. Where a text is given, nothing happens unless that is what was typed. */
  discard: (sent?: string) => void;
  /** Takes the text of another tab; the own one changes places with it. */
  exchange: (other: Draft) => void;
  drop: (other: Draft) => void;
}

const none: readonly Draft[] = [];

/** What was typed into a field of a ticket, in this tab and others, now and before. */
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
    others: stored?.others ?? none,
    type: (text, base_version) => drafts.type(place, text, base_version),
    discard: (sent) => {
      if (sent === undefined || drafts.get(place)?.draft.text === sent) void drafts.discard(place);
    },
    exchange: (other) => drafts.exchange(place, other),
    drop: (other) => drafts.drop(place, other),
  };
}
