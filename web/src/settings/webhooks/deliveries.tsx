import { useQueryClient } from '@tanstack/react-query';
import type { Delivery } from 'baton-sdk';
import { useState } from 'react';
import { type At, type DeliveryState, deliveryPages } from '../../api/webhooks.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';
import { Section } from '../frame.tsx';
import { Paged } from '../paged.tsx';
import { DeliveryRow } from './delivery-row.tsx';
import { RedeliverRange } from './redeliver-range.tsx';

const often_ms = 3_000;
const seldom_ms = 15_000;

/** Polls more often while deliveries wait, because their state will change soon. */
const everyMs = (deliveries: readonly Delivery[]) =>
  deliveries.some(({ state }) => state === 'pending') ? often_ms : seldom_ms;

/** The deliveries of a webhook, which can be sent again. */
export function Deliveries({ at, may }: { at: At; may: boolean }) {
  const [state, setState] = useState<DeliveryState | ''>('');
  const [range, setRange] = useState<{ from: string; to: string }>();
  const queries = useQueryClient();
  const renew = () => queries.invalidateQueries({ queryKey: ['deliveries'] });
  const nones: Record<typeof state, string> = {
    '': t('Nothing was sent yet. Ping it, to see whether it is received.'),
    pending: t('Nothing waits.'),
    given_up: t('Nothing was given up.'),
  };
  return (
    <Section
      title={t('Deliveries')}
      name="deliveries"
      act={
        <div className="entry-acts">
          <Select
            label={t('Which deliveries')}
            value={state}
            choices={[
              { value: '', label: t('All') },
              { value: 'pending', label: t('Waiting') },
              { value: 'given_up', label: t('Given up') },
            ]}
            onChange={(event) => setState(event.currentTarget.value as typeof state)}
          />
          <Button disabled={!may} onClick={() => setRange({ from: '', to: '' })}>
            {t('Send a range again…')}
          </Button>
        </div>
      }
    >
      <Paged
        query={deliveryPages(at, state === '' ? undefined : state)}
        every_ms={everyMs}
        loading={t('Loading the deliveries…')}
        failed={t('The deliveries could not be loaded')}
        none={<p className="nothing">{nones[state]}</p>}
      >
        {(deliveries) => (
          <ul className="settings-entries" aria-label={t('Deliveries')}>
            {deliveries.map((delivery) => (
              <DeliveryRow
                key={delivery.id}
                at={at}
                delivery={delivery}
                may={may}
                onRange={() => setRange({ from: delivery.offset, to: deliveries[0]?.offset ?? delivery.offset })}
                onChanged={renew}
              />
            ))}
          </ul>
        )}
      </Paged>
      {range !== undefined && (
        <RedeliverRange at={at} range={range} onQueued={() => void renew()} onClose={() => setRange(undefined)} />
      )}
    </Section>
  );
}
