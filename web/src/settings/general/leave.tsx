import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Workspace } from 'baton-sdk';
import { useState } from 'react';
import { removeMember } from '../../api/members.ts';
import { session } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { t } from '../../ui/text.ts';
import { toast } from '../../ui/toast.tsx';
import { useCell } from '../../ui/use-cell.ts';
import { Section } from '../frame.tsx';

/** Ends the person’s own membership. */
export function Leave({ workspace: { id, name } }: { workspace: Workspace }) {
  const [asking, setAsking] = useState(false);
  const who = useCell(session);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    if (!('user' in who)) return;
    await removeMember(id, who.user.id);
    await navigate({ to: '/', replace: true });
    await queries.invalidateQueries({ queryKey: ['workspaces'] });
    toast({ text: t('You have left {name}.', { name }) });
  };
  return (
    <Section
      title={t('Leave')}
      says={t('You lose access at once. To come back, you need an invitation.')}
      act={<Button onClick={() => setAsking(true)}>{t('Leave the workspace…')}</Button>}
    >
      {asking && (
        <Confirm
          title={t('Leave {name}?', { name })}
          act={t('Leave')}
          acting={t('Leaving…')}
          onConfirm={leave}
          onClose={() => setAsking(false)}
        >
          <ul>
            <li>
              {t('Tickets that are assigned to you become unassigned; each has an entry about it in its history.')}
            </li>
            <li>{t('Your API tokens in this workspace end permanently.')}</li>
            <li>{t('Invitations that you sent and nobody has accepted are revoked.')}</li>
            <li>{t('What you wrote stays, under your name.')}</li>
          </ul>
        </Confirm>
      )}
    </Section>
  );
}
