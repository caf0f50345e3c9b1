import { useMemo, useSyncExternalStore } from 'react';
import type { Workflow } from 'baton-sdk';
import { session } from '../../api/session.ts';
import { drafts } from '../../desk/drafts.ts';
import type { Place } from '../../store/draft-places.ts';
import { useCell } from '../../ui/use-cell.ts';
import { changesBetween } from './compare.ts';
import { definitionOf } from './definition.ts';
import { afterSaving, decode, type Draft, encode, startFrom } from './draft.ts';

export interface Edited {
  draft: Draft;
  /** When it was changed last; undefined if nothing is changed. */
  changed_at: number | undefined;
  /** Changes the draft, and stores it on the disk. */
  change: (next: Draft) => void;
  /** Deletes the draft, because it is not wanted. */
  discard: () => void;
  /** Deletes the draft, because it was saved, except for what was changed meanwhile. */
  saved: (workflow: Workflow) => void;
}

const isUnchanged = ({ base, mine }: Draft) => changesBetween(base, mine).length === 0;

/** Returns the workflow of a project as it is edited here. Unsaved changes survive a reload. */
export function useDraft(workspace: string, workflow: Workflow): Edited {
  const who = useCell(session);
  const place: Place = {
    account: 'user' in who ? who.user.id : '',
    workspace,
    ticket: 'workflow',
    field: workflow.project_id,
  };
  const kept = useSyncExternalStore(drafts.subscribe, () => drafts.get(place));
  const text = kept?.draft.text;
  const draft = useMemo(() => {
    const found = text === undefined ? undefined : decode(text);
    return found ?? startFrom(workflow.version, definitionOf(workflow));
  }, [text, workflow]);
  const discard = () => void drafts.discard(place);
  const change = (next: Draft) => {
    if (isUnchanged(next)) discard();
    else drafts.type(place, encode(next), next.version);
  };
  const saved = (stored: Workflow) => {
    const now = decode(drafts.get(place)?.draft.text ?? '') ?? draft;
    const left = afterSaving(now, draft, { version: stored.version, definition: definitionOf(stored) });
    if (left === undefined) discard();
    else change(left);
  };
  return { draft, changed_at: kept?.draft.saved_at, change, discard, saved };
}
