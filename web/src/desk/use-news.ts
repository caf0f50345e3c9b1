import { useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import { failureOf } from '../api/problems.ts';
import { errorOf } from '../api/send.ts';
import type { Operation } from '../store/decide.ts';
import type { Outcome } from '../store/outcome.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import { useCommands } from '../commands/use-commands.ts';
import type { Desk } from './desk.ts';
import { mayUndo, undo } from './taken.ts';

/**
 * Binds the command that undoes the last act, and shows a message for each refused change. A ticket that is open shows
 * its own refusals, and so does the list for acts on several tickets. `refusals` is false if the page shows all of them
 * itself.
 */
export function useNews(desk: Desk, opened: string | undefined, { refusals = true } = {}): void {
  const navigate = useNavigate();
  useCommands({ undo: () => undo(desk) }, () => mayUndo(desk));
  const tell = useEffectEvent(({ act, ticket_key: key, merged }: Operation, outcome: Outcome) => {
    if (outcome.kind === 'done' && merged) {
      toast({ text: t('{key}: your text and somebody else’s were merged.', { key }) });
    }
    if (outcome.kind !== 'refused' || act !== undefined || key === opened || !refusals) return;
    const { title } = failureOf(errorOf(outcome.refusal));
    const params = { workspace: desk.workspace_id, ticket: key };
    const run = () => void navigate({ to: '/w/$workspace/t/$ticket', params });
    toast({
      kind: 'error',
      text: t('{key} was not changed. {title}.', { key, title }),
      action: { label: t('Open'), run },
    });
  });
  useEffect(() => desk.operations.onSettled((operation, outcome) => tell(operation, outcome)), [desk]);
}
