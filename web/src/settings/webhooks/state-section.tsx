import { useQueryClient } from '@tanstack/react-query';
import type { Webhook } from 'baton-sdk';
import { type At, ping, updateWebhook, webhookQuery } from '../../api/webhooks.ts';
import { isCode } from '../../api/problems.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { attempt } from '../acts.ts';
import { Section } from '../frame.tsx';
import { hostOf, stateOf } from './state.ts';

interface PartProps {
  at: At;
  webhook: Webhook;
  may: boolean;
}

/** Pauses or resumes a webhook, even if its other fields were changed in the meantime. */
async function setState(at: At, version: number, read: () => Promise<Webhook>, state: 'active' | 'paused') {
  try {
    await updateWebhook(at, { state, version });
  } catch (error) {
    if (!isCode(error, 'conflict')) throw error;
    await updateWebhook(at, { state, version: (await read()).version });
  }
}

/** Whether events are sent to the webhook, why not, and buttons to test, pause and resume it. */
export function State({ at, webhook, may }: PartProps) {
  const { url, description, state, failing_since, version } = webhook;
  const { kind, word, says } = stateOf(webhook);
  const queries = useQueryClient();
  const renew = () =>
    Promise.all(['webhooks', 'deliveries'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  const read = () => queries.fetchQuery({ ...webhookQuery(at), staleTime: 0 });
  const pings = async () => {
    const words = { done: t('A ping is on its way: see the deliveries'), failed: t('No ping was sent.') };
    await attempt(() => ping(at), words);
    await renew();
  };
  const pause = async () => {
    const words = { done: t('The webhook is paused: events wait'), failed: t('The webhook is still active.') };
    await attempt(() => setState(at, version, read, 'paused'), words);
    await renew();
  };
  const resume = async () => {
    const words = {
      done: t('The webhook is active: what has waited is sent'),
      failed: t('The webhook is not active.'),
    };
    await attempt(() => setState(at, version, read, 'active'), words);
    await renew();
  };
  return (
    <Section
      title={description === '' ? hostOf(url) : description}
      act={
        <div className="entry-acts">
          <Button disabled={!may} onClick={() => void pings()}>
            {t('Ping')}
          </Button>
          {state === 'active' ? (
            <Button disabled={!may} onClick={() => void pause()}>
              {t('Pause')}
            </Button>
          ) : (
            <Button kind="primary" disabled={!may} onClick={() => void resume()}>
              {t('Resume')}
            </Button>
          )}
        </div>
      }
    >
      <p className="webhook-state">
        <Badge kind={kind}>{word}</Badge> <code className="webhook-url">{url}</code>
      </p>
      {says !== '' && (
        <p className={kind === 'danger' ? 'notice notice-danger' : 'section-says'}>
          <span>
            {says}{' '}
            {failing_since !== null && (
              <>
                {t('The first failure was')} <Time at={failing_since} />.
              </>
            )}
          </span>
        </p>
      )}
    </Section>
  );
}
