import { useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import { failureOf } from '../api/problems.ts';
import { errorOf } from '../api/send.ts';
import type { Operation } from '../store/decide.ts';
import type { Outcome } from '../store/outcome.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import { news } from './acts.ts';
import type { Desk } from './desk.ts';

/**
 * Says what was done, with a way to take it back, and what was refused of tickets that aren't open; an open one says so in its
 * place. `refusals`: whether the page doesn't show those itself.
 */
export function useNews(desk: Desk, opened: string | undefined, { refusals = true } = {}): void {
  const navigate = useNavigate();
  const tell = useEffectEvent(({ id, ticket_key: key, merged }: Operation, outcome: Outcome) => {
    const told = news.get(id);
    news.delete(id);
    if (outcome.kind === 'done') {
      if (merged) toast({ text: t('{key}: your text and somebody else’s were merged.', { key }) });
      if (told === undefined) return;
      const { text, undo } = told;
      toast({ text, ...(undo !== undefined && { action: { label: t('Undo'), run: undo } }) });
    }
    if (outcome.kind !== 'refused' || key === opened || !refusals) return;
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
