import { connection } from '../store/connection.ts';
import { timeOf } from '../ui/dates.ts';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';

const names = {
  live: () => t('Live'),
  slow: () => t('Slow'),
  unanswered: () => t('Not responding'),
  reconnecting: () => t('Reconnecting…'),
  offline: () => t('Offline'),
};

/** Shows whether events arrive, and since when they don’t. */
export function ConnectionDot() {
  const { state, since, waiting } = useCell(connection);
  const lost =
    waiting === 0
      ? t('Not connected since {time}.', { time: timeOf(since) })
      : t('Not connected since {time}. {waiting, plural, one {# change waits} other {# changes wait}} here.', {
          time: timeOf(since),
          waiting,
        });
  const says = {
    live: t('What others change is shown at once.'),
    slow: t('The server is slower than usual.'),
    unanswered: t('The server does not respond. It is asked again by itself.'),
    reconnecting: lost,
    offline: lost,
  }[state];
  return (
    <div className={`dot dot-${state}`} role="status" title={says}>
      <span className="dot-mark" aria-hidden="true" />
      <span className="header-word">{names[state]()}</span>
      {state !== 'live' && <span className="hidden">{says}</span>}
    </div>
  );
}
