import { useQuery } from '@tanstack/react-query';
import type { Delivery, DeliveryWithLog } from 'baton-sdk';
import { useId, useState } from 'react';
import { type At, deliveryQuery, redeliver } from '../../api/webhooks.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { attempt } from '../acts.ts';
import { deliveryState, outcomeOf, soonOf } from './state.ts';
import { typeInWords } from './types.ts';

interface DeliveryRowProps {
  at: At;
  delivery: Delivery;
  may: boolean;
  /** Called to send this event and all later ones again. */
  onRange: () => void;
  onChanged: () => Promise<unknown>;
}

/** One delivery; when expanded, it shows each attempt. */
export function DeliveryRow({ at, delivery, may, onRange, onChanged }: DeliveryRowProps) {
  const { id, type, attempts, last_status, last_error, next_attempt_at, created_at } = delivery;
  const [open, setOpen] = useState(false);
  const panel = useId();
  const { kind, word } = deliveryState(delivery);
  const what = typeInWords(type);
  const again = async () => {
    const words = { done: t('{what} is sent again', { what }), failed: t('It is not sent again.') };
    await attempt(() => redeliver(at, { delivery_id: id }), words);
    await onChanged();
  };
  return (
    <li className="settings-entry">
      <div className="entry-what">
        <strong>{what}</strong>
        <span className="entry-more">
          <Time at={created_at} /> ·{' '}
          {t('{attempts, plural, =0 {no attempt} one {# attempt} other {# attempts}}', { attempts })}
          {attempts > 0 && ` · ${outcomeOf({ status: last_status, error: last_error })}`}
          {next_attempt_at !== null && ` · ${t('next attempt {at}', { at: soonOf(next_attempt_at) })}`}
        </span>
      </div>
      <div className="entry-acts">
        <Badge kind={kind}>{word}</Badge>
        <Button
          kind="quiet"
          aria-expanded={open}
          aria-controls={panel}
          aria-label={open ? t('Hide the attempts of {what}', { what }) : t('Attempts of {what}', { what })}
          onClick={() => setOpen(!open)}
        >
          {open ? t('Hide') : t('Attempts')}
        </Button>
        {may && (
          <Menu align="end" trigger={<IconButton icon="more" label={t('More about {what}', { what })} />}>
            <MenuItem onSelect={() => void again()}>{t('Send again')}</MenuItem>
            <MenuItem onSelect={onRange}>{t('Send again everything from here on…')}</MenuItem>
          </Menu>
        )}
      </div>
      <div id={panel} className="entry-within" hidden={!open}>
        {open && <Attempts at={at} id={id} />}
      </div>
    </li>
  );
}

function Attempts({ at, id }: { at: At; id: string }) {
  const { data, error, refetch } = useQuery({ ...deliveryQuery(at, id), staleTime: 0 });
  if (data === undefined && error !== null)
    return <Failed what={t('The attempts could not be loaded')} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton label={t('Loading the attempts…')} rows={2} />;
  if (data.log.length === 0) return <p className="nothing">{t('It was not tried yet.')}</p>;
  return (
    <ol className="attempts" reversed>
      {data.log.toReversed().map((one) => (
        <OneAttempt key={one.at} attempt={one} />
      ))}
    </ol>
  );
}

function OneAttempt({ attempt: one }: { attempt: DeliveryWithLog['log'][number] }) {
  const parts = [
    [t('Request'), one.request_head],
    [t('Response'), one.response_head],
    [t('Beginning of its body'), one.response_body],
  ] as const;
  return (
    <li>
      <p>
        <Time at={one.at} /> · {outcomeOf(one)} · {t('{ms} ms', { ms: one.duration_ms })}
      </p>
      {parts.map(
        ([name, text]) =>
          text !== null &&
          text !== '' && (
            <div key={name} className="attempt-part">
              <h3>{name}</h3>
              {/* Focusable, so that it can be scrolled with the keyboard. */}
              <pre tabIndex={0} role="group" aria-label={name}>
                {text}
              </pre>
            </div>
          ),
      )}
    </li>
  );
}
