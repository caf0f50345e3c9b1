import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Webhook } from 'baton-sdk';
import { useState } from 'react';
import { type At, deleteWebhook } from '../../api/webhooks.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { t } from '../../ui/text.ts';
import { toast } from '../../ui/toast.tsx';
import { Section } from '../frame.tsx';
import { hostOf } from './state.ts';

interface RemoveProps {
  at: At;
  webhook: Webhook;
  may: boolean;
}

/** Deletes a webhook. */
export function Remove({ at, webhook: { url }, may }: RemoveProps) {
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = async () => {
    await deleteWebhook(at);
    await navigate({ to: '/w/$workspace/settings/webhooks', params: { workspace: at.workspace_id } });
    await queries.invalidateQueries({ queryKey: ['webhooks'] });
    toast({ text: t('The webhook is deleted') });
  };
  return (
    <Section
      title={t('Delete')}
      danger
      says={t('Events that have not been delivered by then never will be. To let them wait, pause the webhook.')}
      act={
        <Button kind="danger" disabled={!may} onClick={() => setAsking(true)}>
          {t('Delete the webhook…')}
        </Button>
      }
    >
      {asking && (
        <Confirm
          title={t('Delete the webhook?')}
          act={t('Delete')}
          acting={t('Deleting…')}
          onConfirm={remove}
          onClose={() => setAsking(false)}
        >
          <p>
            {t('Nothing more is sent to {host}, and its secret and its list of deliveries are gone.', {
              host: hostOf(url),
            })}
          </p>
        </Confirm>
      )}
    </Section>
  );
}
