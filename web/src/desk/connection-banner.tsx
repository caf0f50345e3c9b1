import { useEffect, useState } from 'react';
import { connection } from '../store/connection.ts';
import { timeOf } from '../ui/dates.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';
import './desk.css';

/** What is over sooner is not worth a line. */
const after_ms = 2_000;

/** Says, after two seconds, that there is no connection, and what waits for it. */
export function ConnectionBanner() {
  const { state, since, waiting } = useCell(connection);
  const [shown_since, setShownSince] = useState(0);
  const is_down = state !== 'live' && (state === 'offline' || waiting > 0);
  useEffect(() => {
    if (!is_down) return undefined;
    const timer = setTimeout(() => setShownSince(since), Math.max(0, since + after_ms - Date.now()));
    return () => clearTimeout(timer);
  }, [is_down, since]);
  const is_shown = is_down && shown_since === since;
  return (
    <div role="status" className="connection-place">
      {is_shown && (
        <p className="connection">
          <Icon name="warning" />
          {waiting === 0
            ? t('Not connected since {time}. You see what was here then.', { time: timeOf(since) })
            : t('Not connected since {time}. {waiting, plural, one {# change waits} other {# changes wait}} here.', {
                time: timeOf(since),
                waiting,
              })}
        </p>
      )}
    </div>
  );
}
