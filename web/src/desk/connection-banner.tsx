import { useEffect, useState } from 'react';
import { tryNow } from '../api/retrying.ts';
import { connection } from '../store/connection.ts';
import { Button } from '../ui/button.tsx';
import { timeOf } from '../ui/dates.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';
import './desk.css';

/** Shorter interruptions are not shown. */
const after_ms = 2_000;

/** Returns the connection's state once an interruption has lasted two seconds. */
function useLasting() {
  const now = useCell(connection);
  const { state, since, waiting } = now;
  const [shown_since, setShownSince] = useState(0);
  const is_down = state === 'offline' || state === 'unanswered' || (state === 'reconnecting' && waiting > 0);
  useEffect(() => {
    if (!is_down) return undefined;
    const timer = setTimeout(() => setShownSince(since), Math.max(0, since + after_ms - Date.now()));
    return () => clearTimeout(timer);
  }, [is_down, since]);
  return is_down && shown_since === since ? now : undefined;
}

/** Shows, after two seconds, that the server does not respond, and how many changes wait. */
export function ConnectionBanner() {
  const lasting = useLasting();
  const is_shown = lasting !== undefined;
  return (
    <div className={is_shown ? 'connection' : ''}>
      {is_shown && <Icon name="warning" />}
      {/* Always rendered: screen readers don't announce a status element that appears together with its text. */}
      <p role="status">{is_shown && saysOf(lasting)}</p>
      {lasting?.next_at !== undefined && <Countdown to={lasting.next_at} />}
      {is_shown && <Button onClick={tryNow}>{t('Try now')}</Button>}
    </div>
  );
}

function saysOf({ state, since, waiting }: ReturnType<typeof connection.get>): string {
  const time = timeOf(since);
  if (state === 'unanswered') {
    return waiting === 0
      ? t('The server has not responded since {time}.', { time })
      : t(
          'The server has not responded since {time}. {waiting, plural, one {# change waits} other {# changes wait}} here.',
          {
            time,
            waiting,
          },
        );
  }
  return waiting === 0
    ? t('Not connected since {time}. You see what was here then.', { time })
    : t('Not connected since {time}. {waiting, plural, one {# change waits} other {# changes wait}} here.', {
        time,
        waiting,
      });
}

/**
 * Counts down to the next retry. It is outside of the status element, or screen readers would announce it every second.
 */
function Countdown({ to }: { to: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((to - now) / 1_000));
  return <p className="figures">{t('Trying again in {seconds} s.', { seconds })}</p>;
}
